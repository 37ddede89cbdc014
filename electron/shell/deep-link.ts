import { userId } from '../../shared/contract/fields.ts'
import { MENU_SCREENS } from '../../shared/desktop-bridge.ts'

/** Links into Weir: `weir://jobs`, `weir://users/42`. They lead to a screen and never do anything. Pure. */

export const LINK_SCHEME = 'weir'

/** Longer than any id with its screen; what is longer was not made by anybody who means well. */
const LINK_CHARACTERS_MAX = 500
/** The link among what a program was started with, or null. */
export function linkAmong(argv: readonly string[]): string | null {
  return argv.find((word) => word.toLowerCase().startsWith(`${LINK_SCHEME}:`)) ?? null
}

/**
 * The address in the page's router a link leads to; null for everything that is not the name of a screen, or `users` with
 * the id of one user. Parameters are none: a view that somebody else has set up is not what a link opens.
 */
export function pathOfLink(link: string): string | null {
  if (link.length > LINK_CHARACTERS_MAX) return null
  const [, name = '', rest] = /^weir:\/\/([a-z]+)(?:\/([^/?#]*))?$/i.exec(link) ?? []
  const screen = MENU_SCREENS.find(({ id }) => id === name.toLowerCase())
  if (screen === undefined) return null
  // A browser puts a slash behind the name.
  if (rest === undefined || rest === '') return screen.path
  const user = userId.safeParse(decoded(rest))
  return screen.id === 'users' && user.success ? `/user?id=${encodeURIComponent(user.data)}` : null
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken percent sign.
    return null
  }
}
