import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { REAL_FILES } from '../../electron/core/restore/restore-files.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { announceSeed, Random } from '../support/random.ts'
import { configOf, freshDataDir, SYSTEM_CLOCK } from '../support/weir.ts'

const random = new Random(announceSeed('backup kills'))
const WORKER = join(import.meta.dirname, 'backup-worker.ts')
/** Enough for every run of the tests; `npm run test:faults` kills a hundred times. */
const KILLS = Number(process.env['WEIR_BACKUP_KILLS'] ?? 3)
/** A backup of the small database of this test takes a fraction of it. */
const LIFE_MS_MAX = 1_200

const { dataDir, remove } = freshDataDir()
afterAll(remove)

test(`killed ${KILLS} times while backups are made, every backup it has is whole, and it has those it spoke of`, {
  timeout: MINUTE_MS + KILLS * 30_000,
}, async () => {
  const said: string[] = []
  let unsaid = 0
  const seen = new Set<string>()
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const child = startChild(WORKER, [dataDir])
    await child.line('ready')
    await pause(random.int(0, LIFE_MS_MAX))
    child.process.kill('SIGKILL')
    await child.ended
    expect(child.errors(), `kill ${kill}`).toBe('')
    said.push(...child.lines.filter((line) => line.startsWith('made ')).map((line) => line.slice(5)))
    const weir = await createWeir(configOf(dataDir), {
      clock: SYSTEM_CLOCK,
      log: recordingLog(),
      randomBytes: (count) => randomBytes(count),
    })
    const entries = weir.backups.entries()
    for (const { id, status } of entries) {
      if (seen.has(id)) continue
      seen.add(id)
      expect(status, `kill ${kill}: ${id}`).not.toBe('invalid')
      // One that was published and not yet proved when the end came is whole all the same.
      expect((await weir.backups.verify(id)).verified_at).not.toBeNull()
      if (!said.includes(id)) unsaid += 1
    }
    expect(
      said.filter((id) => !entries.some((one) => one.id === id)),
      `kill ${kill}: said and not there`,
    ).toEqual([])
    await weir.close()
    expect(
      REAL_FILES.list(join(dataDir, 'backups')).filter((name) => name.startsWith('.')),
      `kill ${kill}: half a backup is left`,
    ).toEqual([])
  }
  process.stdout.write(
    `${said.length} backups were said to be made and are whole, ${unsaid} more were published\n`,
  )
})
