import { z } from 'zod'
import { type Remembered, remembered } from './remembered.ts'

/**
 * Views of a table that the operator gave a name, kept like every choice of how something is looked at: in this browser
 * or window. A view is the address of its screen: filters, order, columns and density.
 */

/** The screens whose views can be kept. */
export type SavedScreen = 'users' | 'sessions'

export type ViewAddress = Readonly<Record<string, string | number | boolean>>

export interface SavedView {
  readonly name: string
  readonly view: ViewAddress
}

/** Names are read in a menu; more views than this nobody finds anything in. */
export const VIEW_NAME_MAX = 60
export const VIEWS_MAX = 50

const stored = z.object({
  name: z.string().trim().min(1).max(VIEW_NAME_MAX),
  view: z.record(z.string().max(50), z.union([z.string().max(2_000), z.number(), z.boolean()])),
})

/** One that cannot be read takes no other with it. */
export function parsedViews(value: unknown): readonly SavedView[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : []
  return all.flatMap((each) => stored.safeParse(each).data ?? []).slice(0, VIEWS_MAX)
}

export const SAVED_VIEWS: Readonly<Record<SavedScreen, Remembered<readonly SavedView[]>>> = {
  users: remembered('views.users', parsedViews),
  sessions: remembered('views.sessions', parsedViews),
}

/** A view of a screen as it is kept: what is not set is not in it. */
export function addressOfView(
  view: Readonly<Record<string, unknown>>,
  without: readonly string[],
): ViewAddress {
  const members = Object.entries(view).filter(
    ([member, value]) => value !== undefined && !without.includes(member),
  )
  // What stands in an address is text, numbers and switches.
  return Object.fromEntries(members) as ViewAddress
}

/** Whether both show the same. */
export function isSameView(one: ViewAddress, other: ViewAddress): boolean {
  const sorted = (view: ViewAddress) =>
    JSON.stringify(Object.entries(view).sort(([a], [b]) => (a < b ? -1 : 1)))
  return sorted(one) === sorted(other)
}

/** With that view under that name, in the place of one of the same name if there is one. */
export function withView(views: readonly SavedView[], added: SavedView): readonly SavedView[] {
  const isThere = views.some(({ name }) => name === added.name)
  return isThere ? views.map((one) => (one.name === added.name ? added : one)) : [...views, added]
}
