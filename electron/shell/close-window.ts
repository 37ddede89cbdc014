import { app, type BrowserWindow, dialog } from 'electron'
import type { Caller, Weir } from '../core/api.ts'
import { dispatchToAnswer } from '../operations/dispatch.ts'
import {
  answerOf,
  type CloseAnswer,
  type CloseBox,
  type CloseSetting,
  closeQuestion,
} from './close-question.ts'

/** What closing the window needs. */
export interface CloseParts {
  readonly weir: Weir
  readonly caller: Caller
  /** Whether an icon in the tray can bring the window back. */
  readonly hasTray: () => Promise<boolean>
}

/** Lets closing the window do what the operator has set: asked once, remembered, and changed in the settings. */
export function closeAsSet(window: BrowserWindow, parts: CloseParts): void {
  // On a Mac a program without a window is still running, as everybody there expects.
  if (process.platform === 'darwin') return
  let isAsking = false
  window.on('close', (event) => {
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    close(window, parts)
      .catch((error: unknown) => {
        parts.weir.ports.log.error('closing the window could not be settled, so Weir quits', { error })
        app.quit()
      })
      .finally(() => {
        isAsking = false
      })
  })
}

async function close(window: BrowserWindow, parts: CloseParts): Promise<void> {
  const setting = await settingOf(parts)
  const hasTray = setting !== 'quit' && (await parts.hasTray())
  const question = closeQuestion(setting, hasTray)
  const answer = question.kind === 'settled' ? question.answer : await ask(window, parts, question)
  if (answer === 'stay' || window.isDestroyed()) return
  // The last window that is gone ends Weir (main.ts).
  if (answer === 'tray') window.hide()
  else window.destroy()
}

async function ask(window: BrowserWindow, parts: CloseParts, question: CloseBox): Promise<CloseAnswer> {
  const { kind: _kind, answers: _answers, ...box } = question
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Weir',
    noLink: true,
    ...box,
  })
  const { answer, remember } = answerOf(question, response, checkboxChecked)
  if (remember !== null) await keep(remember, parts)
  return answer
}

async function settingOf({ weir, caller }: CloseParts): Promise<CloseSetting> {
  const answer = await dispatchToAnswer(weir, 'settings.get', {}, caller)
  const value = answer.ok && answer.value.settings.find(({ name }) => name === 'close_window')?.value
  return value === 'tray' || value === 'quit' ? value : 'ask'
}

async function keep(close_window: CloseSetting, { weir, caller }: CloseParts): Promise<void> {
  const answer = await dispatchToAnswer(weir, 'settings.update', { close_window }, caller)
  // Then it is asked again the next time.
  if (!answer.ok)
    weir.ports.log.warn('what closing the window does could not be kept', { problem: answer.problem.detail })
}
