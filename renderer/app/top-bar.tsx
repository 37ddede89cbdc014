import { ActionIcon, Group, Title, Tooltip, UnstyledButton } from '@mantine/core'
import { IconDeviceDesktop, IconHelp, IconKeyboard, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { guideText } from '../text/guide.ts'
import { text } from '../text.ts'
import { AlertsBell } from './alerts-bell.tsx'
import { useColourScheme } from './colour-scheme.ts'
import { KeyCaps } from './key-caps.tsx'
import { useOpenGuide } from './open-guide.ts'
import { openPalette } from './open-palette.ts'
import { RefreshControl } from './refresh.tsx'
import { ScreenControlsSlot } from './screen-controls.tsx'

const THEME_ICONS = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const

interface TopBarProps {
  readonly title: string
  readonly onShowShortcuts: () => void
}

/** The line at the top: where one is, the screen's own controls, the age of the figures, the palette. */
export function TopBar({ title, onShowShortcuts }: TopBarProps): ReactNode {
  return (
    <header className="top-bar">
      <Title order={1} className="screen-title">
        {title}
      </Title>
      <ScreenControlsSlot />
      <Group gap={6} wrap="nowrap" className="top-bar-end">
        <RefreshControl />
        <AlertsBell />
        <UnstyledButton className="palette-button" onClick={openPalette} title={text.shell.palette}>
          <IconSearch size={15} aria-hidden />
          <span className="palette-word">{text.shell.paletteShort}</span>
          <KeyCaps keys="mod+k" />
        </UnstyledButton>
        <ThemeButton />
        <Tooltip label={text.shell.help}>
          <ActionIcon variant="subtle" color="gray" onClick={onShowShortcuts} aria-label={text.shell.help}>
            <IconKeyboard size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <GuideButton />
      </Group>
    </header>
  )
}

function GuideButton(): ReactNode {
  const open = useOpenGuide()
  return (
    <Tooltip label={`${guideText.open} (F1)`}>
      <ActionIcon variant="subtle" color="gray" onClick={open} aria-label={guideText.open}>
        <IconHelp size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

/** Light, dark, or that of the system, one click each. */
export function ThemeButton(): ReactNode {
  const { chosen, toggle } = useColourScheme()
  const Icon = THEME_ICONS[chosen]
  const label = text.shell.theme.now(text.shell.theme[chosen])
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" onClick={toggle} aria-label={label}>
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
