import { notifications } from '@mantine/notifications'
import type { Problem } from '../../shared/contract/problem.ts'
import { text } from '../text.ts'

/** How long a note of success stays; long enough to read one line, UX 4.0 wants undo within it. */
const DONE_MS = 6_000

/** Says that something did not work: what, why, and the request id that leads to the log. Stays until closed. */
export function showProblem(problem: Problem): void {
  notifications.show({
    // The same trouble twice is one note, not a pile of them.
    id: `problem-${problem.code}-${problem.title}`,
    color: 'red',
    title: problem.title,
    message:
      problem.request_id === ''
        ? problem.detail
        : `${problem.detail} ${text.app.requestId(problem.request_id)}`,
    autoClose: false,
    withBorder: true,
  })
}

/** Says that something is done. `done` is a whole sentence. */
export function showDone(done: string): void {
  notifications.show({ message: done, autoClose: DONE_MS, withBorder: true })
}
