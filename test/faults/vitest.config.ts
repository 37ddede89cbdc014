import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The fault tests alone, one after the other: they measure what survives, and need the machine for it. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    name: 'faults',
    environment: 'node',
    include: [
      'test/faults/**/*.test.ts',
      'test/consumption/histories.test.ts',
      'test/scheduler/simulation.test.ts',
      'test/enforcement/observe-replay.test.ts',
      'test/reconciliation/real-sessions.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
})
