import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** What takes seconds on an idle machine may take minutes on one that others use; what hangs ends all the same. */
const TEST_LIMIT_MS = 10 * 60_000

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
      'test/restore/**/*.test.ts',
      'test/backup/flips.test.ts',
      'test/backup/crash-points.test.ts',
      'test/logs/soak.test.ts',
    ],
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
})
