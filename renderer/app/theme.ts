import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core'
import { text } from '../text.ts'

/** The river: a deep teal that carries white text from shade 6 on (4.78 to 1). */
const river: MantineColorsTuple = [
  '#e6f5f7',
  '#cfe8ec',
  '#a0d0d8',
  '#6db6c3',
  '#459fb0',
  '#2c8ea1',
  '#1b7d91',
  '#0f6a7d',
  '#0a5666',
  '#06414e',
]

/** Greys with a little blue, so that panels and river look like one family; 6 is dimmed text (5.1 to 1 on white). */
const gray: MantineColorsTuple = [
  '#f4f7f8',
  '#ecf1f3',
  '#dfe6ea',
  '#cbd5da',
  '#b0bdc5',
  '#8b9aa4',
  '#5f707b',
  '#475761',
  '#323f48',
  '#1b252c',
]

/** The same greys at night: 0 is text, 2 dimmed text (5.9 to 1 on a panel), 4 lines, 6 panels, 7 the page. */
const dark: MantineColorsTuple = [
  '#dbe3e8',
  '#b9c5cd',
  '#93a3ae',
  '#6b7d89',
  '#33424d',
  '#283641',
  '#1b262e',
  '#131b21',
  '#0e151a',
  '#090e12',
]

/** Danger: shades 6 and 7 carry white text (5.5 and 6.6 to 1), which Mantine's own red does not. */
const red: MantineColorsTuple = [
  '#fdecec',
  '#fad4d4',
  '#f3a9a9',
  '#ea7c7c',
  '#e05555',
  '#d33a3f',
  '#c92a30',
  '#b71f27',
  '#971620',
  '#7a1019',
]

/**
 * What a canvas draws with, which follows no style sheet: the ground of a panel, writing on it, its dimmed text and
 * lines, and a limit, which the page has as `--weir-limit`.
 */
export const CANVAS_COLORS = {
  light: { paper: '#ffffff', ink: gray[9], text: gray[6], line: gray[1], limit: '#b3261e' },
  dark: { paper: dark[6], ink: dark[0], text: dark[2], line: dark[5], limit: '#ff8a80' },
} as const

/** Long enough to see where a dialog comes from, short enough not to be waited for. */
export const TRANSITION_MS = 110

/** Weir's look: calm, dense, one accent. */
export const weirTheme = createTheme({
  primaryColor: 'river',
  primaryShade: { light: 7, dark: 6 },
  colors: { river, gray, dark, red },
  black: '#1b252c',
  // What the operating system uses: nothing to download, and it looks at home.
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.1875rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // A note of the corner is closed by a button that has only a cross.
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': text.app.close } } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: false } },
    },
    Button: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { withBorder: true } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: TRANSITION_MS },
        closeButtonProps: { 'aria-label': text.app.close },
      },
      styles: { title: { fontSize: 'var(--mantine-font-size-lg)', fontWeight: 600 } },
    },
    // Without it the first item gets the focus; with it a menu holds something that is no item, which axe refuses.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Drawer: {
      defaultProps: {
        transitionProps: { duration: TRANSITION_MS },
        closeButtonProps: { 'aria-label': text.app.close },
      },
    },
    InputWrapper: { styles: { description: { fontSize: 'var(--mantine-font-size-xs)' } } },
  },
})

/** Remembers the theme; `public/theme-boot.js` reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'weir.theme' })

/** Where Weir wants other surfaces than Mantine: in both themes panels lie on a slightly darker page. */
export const themeVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--weir-limit': CANVAS_COLORS.light.limit,
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-anchor': river[7],
    '--mantine-color-gray-light-color': gray[7],
  },
  dark: {
    '--weir-limit': CANVAS_COLORS.dark.limit,
    '--mantine-color-body': dark[6],
    '--mantine-color-default': dark[5],
    '--mantine-color-default-hover': dark[4],
    '--mantine-color-placeholder': dark[2],
    // What is wrong with a field; Mantine's own red is hard to read at night.
    '--mantine-color-error': 'var(--weir-bad)',
    '--mantine-color-anchor': river[3],
    '--mantine-color-gray-light-color': dark[1],
    // A disabled button keeps a shape on a panel.
    '--mantine-color-disabled': dark[5],
    '--mantine-color-disabled-color': dark[2],
    '--mantine-color-red-light': '#3a2325',
    '--mantine-color-red-light-hover': '#472a2d',
    '--mantine-color-red-light-color': red[2],
    '--mantine-color-river-light': '#1c3841',
    '--mantine-color-river-light-hover': '#22434d',
    '--mantine-color-river-light-color': river[2],
  },
})
