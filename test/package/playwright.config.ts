import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

/** A start of the packed program takes 2 to 5 s; the rest is for a busy machine. */
const TEST_LIMIT_MS = 120_000

/** Tests of the folder that `npm run package` has built; they are not part of `npm test`, which does not pack. */
export default defineConfig({
  testDir: resolve(import.meta.dirname),
  testMatch: '**/*.spec.ts',
  outputDir: resolve(import.meta.dirname, '../../test-results/package'),
  timeout: TEST_LIMIT_MS,
  workers: 1,
  retries: 0,
  reporter: 'list',
})
