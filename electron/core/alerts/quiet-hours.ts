/** Hours in which the desktop is not told, as minutes of the day; over midnight when `until_minute` is the smaller. */
export interface QuietHours {
  readonly from_minute: number
  readonly until_minute: number
}

/** Whether a minute of the day is quiet; the last one named is not any more. Equal ends are no time at all. */
export function isQuiet(hours: QuietHours | null, minute: number): boolean {
  if (hours === null) return false
  const { from_minute: from, until_minute: until } = hours
  return until < from ? minute >= from || minute < until : minute >= from && minute < until
}
