import type { MENU_SCREENS } from '../../../shared/desktop-bridge.ts'
import type { CheckFinding } from '../api.ts'

/** A screen there is, perhaps with what it is to show: a Fix that leads nowhere does not compile. */
type ScreenAddress =
  | (typeof MENU_SCREENS)[number]['path']
  | `${(typeof MENU_SCREENS)[number]['path']}?${string}`

/** It is as it should be. */
export function fine(evidence: string, since: string | null = null): CheckFinding {
  return { state: 'ok', evidence, since, fix: null }
}

/** A person has to do something: what, and on which screen. */
export function needsPerson(
  evidence: string,
  fix: string,
  path: ScreenAddress | null,
  since: string | null = null,
): CheckFinding {
  return { state: 'attention', evidence, since, fix: { text: fix, path } }
}

/** It cannot be judged yet, and what has to happen first. */
export function notKnown(
  evidence: string,
  fix: string | null = null,
  path: ScreenAddress | null = null,
): CheckFinding {
  return { state: 'unknown', evidence, since: null, fix: fix === null ? null : { text: fix, path } }
}

/** A count with its noun for a sentence: `1 user`, `2 users`. */
export function some(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

/** A size for a sentence, in the units disks are sold in. */
export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`
}
