import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ExportRuns } from '../../electron/core/exports/export-runs.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { recordingLog } from '../support/fake-weir.ts'

let folder: string
let dir: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-exports-'))
  dir = join(folder, 'exports')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

let passTime: () => void = () => {}

function runs(): ExportRuns {
  return new ExportRuns({
    ports: {
      clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
      log: recordingLog(),
      timers: {
        after: (ms, work) => {
          expect(ms).toBe(10 * MINUTE_MS)
          passTime = work
          return () => {}
        },
      },
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    },
    dir,
    write: async (_request, file) => {
      writeFileSync(file, 'id')
      return { rowsDone: 0, rowsTotal: 0, sizeBytes: 2 }
    },
  })
}

const REQUEST = { table: 'audit', filter: {}, format: 'csv' } as const

test('what a Weir has left that could not end in order is taken away when the next one starts', async () => {
  mkdirSync(dir)
  writeFileSync(join(dir, 'export-1f2e3d4c'), 'a question somebody asked')
  await runs().clean()
  expect(existsSync(dir)).toBe(false)
})

test('the file of an export is gone after ten minutes, whether somebody took it or not', async () => {
  const exports = runs()
  const { run_id } = exports.start(REQUEST)
  expect(exports.isWorking()).toBe(true)
  await vi.waitUntil(() => exports.get(run_id).status === 'done')
  expect(existsSync(join(dir, run_id))).toBe(true)
  passTime()
  await vi.waitUntil(() => !existsSync(join(dir, run_id)))
  expect(() => exports.get(run_id)).toThrow('for ten minutes')
  await exports.close()
})

test('an export that could not make its folder does not keep the next one from it', async () => {
  writeFileSync(dir, 'in the way')
  const exports = runs()
  vi.spyOn(exports, 'clean').mockRejectedValueOnce(new Error('no room'))
  const first = exports.start(REQUEST)
  await vi.waitUntil(() => exports.get(first.run_id).status === 'failed')
  const second = exports.start(REQUEST)
  await vi.waitUntil(() => exports.get(second.run_id).status === 'done')
  await exports.close()
})
