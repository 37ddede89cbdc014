import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { guidePages } from '../build/guide-pages.ts'

const root = resolve(import.meta.dirname, '..')

/** Most tests take milliseconds; those that start a process or scan thousands of files take seconds on two busy cores. */
const TEST_LIMIT_MS = 30_000

/** How long something is waited for that comes by itself: what is true in the end must be, not within a second. */
const POLL = { timeout: 15_000 }

export default defineConfig({
  root,
  test: {
    // Two cores: more workers than that only take the time from each other.
    maxWorkers: 2,
    projects: [
      {
        root,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/e2e/**', 'test/bench/**'],
          testTimeout: TEST_LIMIT_MS,
          hookTimeout: TEST_LIMIT_MS,
          expect: { poll: POLL },
          // The database is a native addon, and some tests send signals: both want a process of their own.
          pool: 'forks',
        },
      },
      {
        root,
        plugins: [react(), guidePages(root)],
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.tsx', 'test/renderer/**/*.test.ts'],
          setupFiles: ['test/support/dom-setup.ts'],
          testTimeout: TEST_LIMIT_MS,
          expect: { poll: POLL },
        },
      },
    ],
  },
})
