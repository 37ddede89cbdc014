import { Tooltip, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import { Logo } from './logo.tsx'
import { remembered, useRemembered } from './remembered.ts'
import { SCREENS, type Screen } from './screens.ts'

const isFolded = remembered('navigation-folded', (stored) => stored === true)

/** Below this width the words would take the room the figures need: 960 px at 125 % zoom, and all of 200 %. */
const NARROW = '(max-width: 52rem)'

const GROUPS = [...new Set(SCREENS.map(({ group }) => group))].map(
  (group) => [group, SCREENS.filter((screen) => screen.group === group)] as const,
)

/** The screens at the left edge; folds to icons by hand (remembered) and where the window is narrow. */
export function Navigation(): ReactNode {
  const chosen = useRemembered(isFolded)
  const isNarrow = useMediaQuery(NARROW) ?? false
  const folded = chosen || isNarrow
  const Fold = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const label = chosen ? text.shell.unfold : text.shell.fold
  return (
    <nav className="navigation" data-folded={folded} aria-label={text.shell.navigation}>
      <Link to="/" className="brand" aria-label={text.app.name}>
        <Logo size={26} />
        <span className="brand-name">{text.app.name}</span>
      </Link>
      <div className="navigation-groups">
        {GROUPS.map(([group, screens]) => (
          <section key={group} aria-label={text.shell.screenGroups[group]}>
            <span className="navigation-heading" aria-hidden>
              {text.shell.screenGroups[group]}
            </span>
            <ul className="navigation-list">
              {screens.map((screen) => (
                <li key={screen.id}>
                  <NavigationLink screen={screen} folded={folded} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {!isNarrow && (
        <Tooltip label={label} position="right" disabled={!folded}>
          <UnstyledButton
            className="navigation-link navigation-fold"
            onClick={() => isFolded.set(!chosen)}
            aria-label={label}
          >
            <Fold size={19} aria-hidden />
            <span className="navigation-word">{label}</span>
          </UnstyledButton>
        </Tooltip>
      )}
    </nav>
  )
}

function NavigationLink({
  screen,
  folded,
}: {
  readonly screen: Screen
  readonly folded: boolean
}): ReactNode {
  return (
    <Tooltip label={screen.title} position="right" disabled={!folded}>
      <Link
        to={screen.path}
        className="navigation-link"
        // The view state of a screen is in its address; it does not decide which screen one is on.
        activeOptions={{ includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
        aria-label={screen.label}
      >
        <screen.icon size={19} aria-hidden />
        <span className="navigation-word">{screen.label}</span>
      </Link>
    </Tooltip>
  )
}
