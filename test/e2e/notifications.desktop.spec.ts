import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { HOUR_MS } from '../../shared/units.ts'
import { sessionOf, turnOf } from '../support/session-files.ts'
import { expect, test } from './app.ts'
import { electronOf } from './support/faces.ts'
import { type Served, serve, stopProgram, type TestFolder, testFolder } from './support/processes.ts'

/** The desktop is told of alerts every quarter of a minute. */
const TOLD_LIMIT_MS = 45_000

interface Noted {
  readonly title: string
  readonly body: string
  readonly click: () => void
}

async function ask({ run }: Served, path: string, body?: object): Promise<string> {
  const response = await fetch(`${run.url}/api/v1/admin/${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${run.token}`, 'content-type': 'application/json' },
  })
  const text = await response.text()
  expect(response.ok, text).toBe(true)
  return text
}

/** A folder whose weekly reconciliation was missed, and whose session files have gone. */
async function missedReconciliation(): Promise<TestFolder> {
  const folder = testFolder()
  const agent = join(folder.dataDir, '..', 'agent')
  mkdirSync(join(agent, 'alice'), { recursive: true })
  writeFileSync(join(agent, 'alice', 's1.json'), JSON.stringify(sessionOf([turnOf()])))
  const served = await serve(folder)
  await ask(served, 'setup/start-empty', {})
  await ask(served, 'reconciliation', { sessions_dir: agent })
  await expect.poll(() => ask(served, 'reconciliation')).toContain('"status":"done"')
  await stopProgram(served.program)
  rmSync(agent, { recursive: true })
  const handle = new BetterSqlite3(join(folder.dataDir, 'auth.db'))
  handle.prepare(`update jobs set next_due_at = ? where name = 'reconcile'`).run(Date.now() - HOUR_MS)
  handle.close()
  return folder
}

test('a job that fails by itself is a notification of the desktop, and a click on it leads to the job', async ({
  host,
}) => {
  test.slow()
  const app = await host.open(await missedReconciliation())
  const electron = electronOf(app)
  // Whether a desktop shows it is the desktop's; that it is asked to is noted here.
  await electron.evaluate(({ Notification }) => {
    const noted: Noted[] = []
    Object.assign(globalThis, { weirNoted: noted })
    const { show } = Notification.prototype
    Notification.prototype.show = function () {
      noted.push({ title: this.title, body: this.body, click: () => void this.emit('click') })
      return show.call(this)
    }
  })
  const title = 'The job reconcile failed'
  // On a slow machine it was told before anybody listened.
  const handle = new BetterSqlite3(join(app.folder.dataDir, 'auth.db'))
  handle.prepare('update alerts set notified_at = null').run()
  handle.close()
  await expect
    .poll(
      () =>
        electron.evaluate(() =>
          (globalThis as unknown as { weirNoted: Noted[] }).weirNoted.map((note) => note.title),
        ),
      { timeout: TOLD_LIMIT_MS },
    )
    .toContain(title)
  await electron.evaluate((_electron, wanted) => {
    const { weirNoted } = globalThis as unknown as { weirNoted: Noted[] }
    weirNoted.find((note) => note.title === wanted)?.click()
  }, title)
  await expect(app.page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
})
