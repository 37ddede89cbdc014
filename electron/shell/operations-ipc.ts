import { ipcMain, type WebContents, type WebFrameMain } from 'electron'
import type { OperationAnswer } from '../../shared/contract/problem.ts'
import { problemOf } from '../../shared/contract/problem.ts'
import { CALL_CHANNEL, type DesktopEvent, EVENT_CHANNEL } from '../../shared/desktop-bridge.ts'
import type { Caller, Weir } from '../core/api.ts'
import { dispatchToAnswer, isOperationName } from '../operations/dispatch.ts'
import { newRequestId } from '../operations/request-id.ts'
import { isOurPage } from './page-address.ts'

/**
 * Answers the operations the window's page asks. This is the only file that touches `ipcMain`; whoever asks must be
 * the top frame of our own page, whatever got into the window.
 */
export function bindOperationsToIpc(weir: Weir, caller: Caller): void {
  ipcMain.handle(
    CALL_CHANNEL,
    async (event, name: unknown, input: unknown): Promise<OperationAnswer<unknown>> => {
      if (!isTrusted(event.senderFrame)) {
        weir.ports.log.warn('a foreign page asked for an operation', { page: event.senderFrame?.url })
        return refusal('forbidden', 'Only the window of Weir may ask this.')
      }
      if (!isOperationName(name))
        return refusal('route_unknown', 'This Weir does not know what the page asked for.')
      return await dispatchToAnswer(weir, name, input, caller)
    },
  )
}

/** Tells the page something it did not ask for. */
export function sendToPage(page: WebContents, message: DesktopEvent): void {
  page.send(EVENT_CHANNEL, message)
}

function isTrusted(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurPage(frame.url)
}

function refusal(code: 'forbidden' | 'route_unknown', detail: string): OperationAnswer<never> {
  return { ok: false, problem: problemOf(code, detail, newRequestId()) }
}
