import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Sample } from './metrics.ts'

/** How often the delay is looked at, in milliseconds: fine enough for the 20 ms that nothing may hold the thread for. */
const RESOLUTION_MS = 10
const NANOSECONDS = 1e9

/** Measures how late the event loop is. `collect` is a source of metrics: what happened since it was asked last. */
export function measureLoopLag(): { readonly collect: () => readonly Sample[]; readonly stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const sample = (share: string, nanoseconds: number): Sample => ({
    name: 'weir_event_loop_lag_seconds',
    help: 'How late the main thread was since the last reading; the resolution of the measurement is included',
    type: 'gauge',
    value: nanoseconds / NANOSECONDS,
    labels: { quantile: share },
  })
  return {
    collect: () => {
      if (delay.count === 0) return []
      const samples = [
        sample('0.5', delay.percentile(50)),
        sample('0.99', delay.percentile(99)),
        sample('1', delay.max),
      ]
      delay.reset()
      return samples
    },
    stop: () => {
      delay.disable()
    },
  }
}
