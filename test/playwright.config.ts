import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

/** The same specs run in both; the fixture in test/e2e reads which face it has to start. */
export interface FaceOptions {
  readonly face: 'desktop' | 'browser'
}

/** A test takes 1 to 15 s, the start of its Weir included; the rest is for a busy machine. */
const TEST_LIMIT_MS = 120_000
/** What a screen shows it shows at once; the longest wait is for the refresh by itself, every 10 s. */
const EXPECT_LIMIT_MS = 15_000
/** The whole suite takes seven to nine minutes on two cores, in both faces; after this something hangs. */
const SUITE_LIMIT_MS = 40 * 60_000

export default defineConfig<object, FaceOptions>({
  testDir: resolve(import.meta.dirname, 'e2e'),
  testMatch: '**/*.spec.ts',
  outputDir: resolve(import.meta.dirname, '../test-results'),
  timeout: TEST_LIMIT_MS,
  expect: { timeout: EXPECT_LIMIT_MS },
  globalTimeout: SUITE_LIMIT_MS,
  // One after the other: the tests of a face share a Weir, and two Chromiums at once make a small machine slow.
  workers: 1,
  // A test that passes the second time has found something the first time.
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    // Without a film of the page, which would take as long as the tests themselves; a failure leaves a picture anyway.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
  projects: [
    // What only one face has is told by the end of the file's name.
    { name: 'desktop', use: { face: 'desktop' }, testIgnore: '**/*.browser.spec.ts' },
    { name: 'browser', use: { face: 'browser' }, testIgnore: '**/*.desktop.spec.ts' },
  ],
})
