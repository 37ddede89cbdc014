/** A backup from before the first repair of a run: restoring it undoes them. Makes it and names it. */
export type SafetyCopy = (reason: 'before-fix') => Promise<{ readonly id: string }>
