/** What closing the window comes to, and what is asked before. Pure. */

/** As in the settings. */
export type CloseSetting = 'ask' | 'tray' | 'quit'

/** What happens to the window. */
export type CloseAnswer = 'tray' | 'quit' | 'stay'

/** A box with buttons; `answers` are theirs, in order. */
export interface CloseBox {
  readonly kind: 'box'
  readonly message: string
  readonly detail: string
  readonly buttons: string[]
  readonly answers: readonly CloseAnswer[]
  readonly defaultId: number
  readonly cancelId: number
  /** Absent where the choice is remembered without being asked to. */
  readonly checkboxLabel?: string
}

export type CloseQuestion = { readonly kind: 'settled'; readonly answer: CloseAnswer } | CloseBox

const WITH_TRAY: CloseBox = {
  kind: 'box',
  message: 'Keep Weir running in the tray?',
  detail:
    'Limits are held and turns are counted only while Weir runs. In the tray it goes on without its window; its icon opens the ' +
    'window again, and Quit in its menu ends it. Your choice is remembered, and the settings change it.',
  buttons: ['Keep Running in the Tray', 'Quit', 'Cancel'],
  answers: ['tray', 'quit', 'stay'],
  defaultId: 0,
  cancelId: 2,
}

const WITHOUT_TRAY: CloseBox = {
  kind: 'box',
  message: 'Quit Weir?',
  detail:
    'This desktop shows no tray Weir could go on in, so it ends with its window: limits are no longer held, and turns are not ' +
    'counted until it is opened again. To go on without a window, minimise it, or run "weir serve".',
  buttons: ['Quit', 'Cancel'],
  answers: ['quit', 'stay'],
  defaultId: 1,
  cancelId: 1,
  checkboxLabel: 'Quit without asking from now on',
}

/** What closing does as set; the tray counts only where there is one. */
export function closeQuestion(setting: CloseSetting, hasTray: boolean): CloseQuestion {
  if (setting === 'quit') return { kind: 'settled', answer: 'quit' }
  if (!hasTray) return WITHOUT_TRAY
  return setting === 'tray' ? { kind: 'settled', answer: 'tray' } : WITH_TRAY
}

/** What the button means, and what is to be remembered of it; null for nothing. */
export function answerOf(
  box: CloseBox,
  button: number,
  isChecked: boolean,
): { readonly answer: CloseAnswer; readonly remember: CloseSetting | null } {
  const answer = box.answers[button] ?? 'stay'
  const isKept = answer !== 'stay' && (box.checkboxLabel === undefined || isChecked)
  return { answer, remember: isKept ? answer : null }
}
