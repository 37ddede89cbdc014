import type { Token } from '../connect/token-list.tsx'

/** A token that was just made. It lives in the state of the tab and nowhere else. */
export interface Made {
  readonly name: string
  readonly token: string
  readonly scope: Token['scope']
}
