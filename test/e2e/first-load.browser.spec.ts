import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from './app.ts'
import { ROOT } from './support/processes.ts'

/** What the first screen may bring, compressed: a second on a slow line (UX, section 5). */
const FIRST_LOAD_BYTES_MAX = 450_000

test('the first screen brings at most 450 kB of script and style, compressed, and no charts', async ({
  app,
}) => {
  const { page, home } = app
  const asked = new Set<string>()
  page.on('request', (request) => asked.add(new URL(request.url()).pathname))
  await page.goto(`${home}#/welcome`)
  await page.reload({ waitUntil: 'networkidle' })
  const files = readdirSync(join(ROOT, 'out/renderer/assets')).filter((name) => asked.has(`/assets/${name}`))
  expect(files.length).toBeGreaterThan(5)
  const bytes = files.reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(ROOT, 'out/renderer/assets', name))).length,
    0,
  )
  process.stdout.write(`first load: ${bytes} bytes in ${files.length} files, compressed\n`)
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX)
  expect(files.filter((name) => /^(charts|guide-screen)-/.test(name))).toEqual([])
})
