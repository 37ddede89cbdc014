import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'

const ORDER: readonly MantineColorScheme[] = ['light', 'dark', 'auto']

/** The theme as chosen (`auto` follows the system), remembered, and the way to the next one. */
export function useColourScheme(): { readonly chosen: MantineColorScheme; readonly toggle: () => void } {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = ORDER[(ORDER.indexOf(colorScheme) + 1) % ORDER.length] ?? 'auto'
  return { chosen: colorScheme, toggle: () => setColorScheme(next) }
}
