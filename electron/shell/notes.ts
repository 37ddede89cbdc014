import type { RaisedAlert } from '../core/api.ts'

/** What one notification of the desktop says, and where a click leads; null stays where one is. */
export interface Note {
  readonly title: string
  readonly body: string
  readonly link: string | null
}

// More at once are a pile nobody reads; the bell has them all.
const NOTES_MAX = 3

/** The notifications for alerts that came together: each its own, or one that counts them. */
export function notesOf(alerts: readonly RaisedAlert[]): readonly Note[] {
  if (alerts.length <= NOTES_MAX)
    return alerts.map(({ title, detail, link }) => ({ title, body: detail, link }))
  const [first] = alerts
  return [
    {
      title: `${alerts.length} new alerts`,
      body: `${first?.title ?? ''}, and ${alerts.length - 1} more. The bell at the top of Weir lists them.`,
      link: null,
    },
  ]
}
