import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

/** The same specs run in both; the fixture in test/e2e reads which face it has to start. */
export interface FaceOptions {
  readonly face: 'desktop' | 'browser'
}

/** A window shows its data 2 to 5 s after the launch, a browser up to 8; the rest is for a busy machine. */
const TEST_LIMIT_MS = 60_000
/** The whole suite takes a minute or two; after fifteen something hangs. */
const SUITE_LIMIT_MS = 15 * 60_000

export default defineConfig<object, FaceOptions>({
  testDir: resolve(import.meta.dirname, 'e2e'),
  testMatch: '**/*.spec.ts',
  outputDir: resolve(import.meta.dirname, '../test-results'),
  timeout: TEST_LIMIT_MS,
  globalTimeout: SUITE_LIMIT_MS,
  workers: 2,
  // A test that passes the second time has found something the first time.
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'desktop', use: { face: 'desktop' } },
    { name: 'browser', use: { face: 'browser' } },
  ],
})
