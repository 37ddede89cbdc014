import type { Timers } from './ports.ts'

/** The timers of the process. For the faces that stay open: with them, jobs start by themselves. */
export const SYSTEM_TIMERS: Timers = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref()
    return () => clearTimeout(timer)
  },
}
