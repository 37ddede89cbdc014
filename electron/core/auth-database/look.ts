/** How something of the platform stands to what Weir has. */
export type Look =
  | { readonly kind: 'missing' }
  | { readonly kind: 'same' }
  /** There with other figures, and left so; `reason` says to a person what differs. */
  | { readonly kind: 'other'; readonly reason: string }

export const MISSING: Look = { kind: 'missing' }
export const SAME: Look = { kind: 'same' }

export function differing(reason: string): Look {
  return { kind: 'other', reason }
}
