import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { listBackups } from '../../electron/core/backup/backup-catalogue.ts'
import { SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { oldDatabase, wholeVersion } from '../restore/upgrade-fixture.ts'
import { startChild } from '../support/child.ts'
import { announceSeed, Random } from '../support/random.ts'
import { freshDataDir } from '../support/weir.ts'

const random = new Random(announceSeed('upgrade kills'))
const OPENER = join(import.meta.dirname, 'opener.ts')
/** Enough for every run of the tests; `npm run test:faults` kills a hundred times. */
const KILLS = Number(process.env['WEIR_UPGRADE_KILLS'] ?? 3)

const { dataDir: root, remove } = freshDataDir()
afterAll(remove)

test(`a start that converts an older database, killed ${KILLS} times, leaves the old or the new schema whole`, {
  timeout: 2 * MINUTE_MS + KILLS * 30_000,
}, async () => {
  const trial = join(root, 'trial')
  oldDatabase(trial, 1)
  const begunMs = performance.now()
  expect(await startChild(OPENER, [trial]).ended).toBe(0)
  const lifeMs = performance.now() - begunMs
  const found = { old: 0, new: 0, between: 0 }
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const from = random.int(1, SCHEMA_VERSION - 1)
    const dataDir = join(root, `kill-${kill}`)
    const file = join(dataDir, 'auth.db')
    oldDatabase(dataDir, from)
    for (let attempt = 0; attempt === 0 || random.chance(0.3); attempt += 1) {
      const child = startChild(OPENER, [dataDir])
      // Nothing happens to the database while the program is loaded.
      await pause(random.int(Math.round(lifeMs * 0.2), Math.round(lifeMs)))
      child.process.kill('SIGKILL')
      await child.ended
    }
    // While the two change places there may be none; only a start puts that right.
    if (existsSync(join(dataDir, 'restore', 'intent.json'))) found.between += 1
    else {
      const version = wholeVersion(file)
      expect([from, SCHEMA_VERSION], `kill ${kill}`).toContain(version)
      found[version === from ? 'old' : 'new'] += 1
    }
    const last = startChild(OPENER, [dataDir])
    expect(await last.ended, last.errors()).toBe(0)
    expect(wholeVersion(file), `kill ${kill}`).toBe(SCHEMA_VERSION)
    const kept = readdirSync(join(dataDir, 'quarantine')).map((name) =>
      wholeVersion(join(dataDir, 'quarantine', name, 'auth.db')),
    )
    expect(kept, `kill ${kill}`).toEqual([from])
    const verified = listBackups(join(dataDir, 'backups')).filter(({ verified_at }) => verified_at !== null)
    expect(verified[0], `kill ${kill}`).toMatchObject({ reason: 'before-migration', schema_version: from })
    expect(existsSync(join(dataDir, 'restore'))).toBe(false)
    rmSync(dataDir, { recursive: true })
  }
  process.stdout.write(
    `${found.old} were found with the old schema, ${found.new} with the new one, ${found.between} changing places\n`,
  )
})
