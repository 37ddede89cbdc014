import { Notification } from 'electron'
import type { Weir } from '../core/api.ts'
import { notesOf } from './notes.ts'

// Soon enough for somebody who should act, and a query of an empty index is all it costs.
const LOOK_MS = 15_000

/**
 * Tells the desktop of new alerts until the returned function is called. Alerts raised meanwhile wait in the database,
 * so none is lost between two looks, in quiet hours, or while Weir was not running.
 */
export function startNotifications(weir: Weir, open: (link: string | null) => void): () => void {
  if (!Notification.isSupported()) return () => undefined
  const shown = new Set<Notification>()
  const look = async (): Promise<void> => {
    try {
      for (const { title, body, link } of notesOf(await weir.alerts.takeNotifications())) {
        const note = new Notification({ title, body })
        // Held until it is gone: one that is collected never hears the click.
        shown.add(note)
        note.on('click', () => open(link))
        note.on('close', () => shown.delete(note))
        note.show()
      }
    } catch (error) {
      weir.ports.log.warn('the desktop could not be told of new alerts; they stay in the list', {
        error: String(error),
      })
    }
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  return () => clearInterval(timer)
}
