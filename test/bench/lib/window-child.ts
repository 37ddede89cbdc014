import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from '@playwright/test'
import { readRunFile } from '../../../electron/core/kernel/run-file.ts'
import {
  electronArgs,
  electronPath,
  type Program,
  startProgram,
  stopProgram,
  type TestFolder,
  testFolder,
  waitFor,
} from '../../e2e/support/processes.ts'

/**
 * Starts windows under the Electron of its environment, and writes what they took into a file:
 *   node window-child.ts DATA-FOLDER ROUNDS RESULT-FILE
 * Times are milliseconds since the process was asked for; the page's own clock says when something was painted.
 */

/** What the row reads. */
export interface WindowTimes {
  readonly emptyMs: number[]
  readonly shellMs: number[]
  readonly dashboardMs: number[]
  /** Of each screen: the first time, when its code comes, and again. */
  readonly screens: { readonly title: string; readonly firstMs: number; readonly againMs: number }[]
  /** While the users table is scrolled from top to end and back; the longest task of the page, 0 for none over 50 ms. */
  readonly longestTaskMs: number
  readonly scrolledRows: number
}

/** Screens that are changed between: link, title. */
const SCREENS = [
  ['Users', 'User consumption'],
  ['Sessions', 'Sessions & turns'],
  ['Costs', 'Costs & prices'],
  ['Enforcement', 'Enforcement'],
  ['Jobs', 'Jobs'],
  ['Dashboard', 'Dashboard'],
] as const

const USERS = 10_000
const LIMIT_MS = 60_000

const [dataFolder = '', rounds = '', resultFile = ''] = process.argv.slice(2)
const folder: TestFolder = { ...testFolder(mkdtempSync(`${dataFolder}-window-`)), dataDir: dataFolder }
const empty = emptyApp(join(folder.outsideFile, '..', 'empty'))

const times: WindowTimes = {
  emptyMs: [],
  shellMs: [],
  dashboardMs: [],
  screens: [],
  longestTaskMs: 0,
  scrolledRows: 0,
}
await addUsers()
for (let round = 0; round < Number(rounds); round += 1) {
  await inWindow(
    [...sandbox(), '--disable-gpu', `--user-data-dir=${empty}-profile`, empty],
    async (page, startedAt) => {
      times.emptyMs.push((await paintedAt(page)) - startedAt)
    },
  )
  const isLast = round === Number(rounds) - 1
  await inWindow(electronArgs(folder), async (page, startedAt) => {
    await page.getByRole('article', { name: 'Tokens in', exact: true }).getByText(/[1-9]/).first().waitFor()
    times.dashboardMs.push((await nowIn(page)) - startedAt)
    times.shellMs.push((await paintedAt(page)) - startedAt)
    if (!isLast) return
    times.screens.push(...(await changeScreens(page)))
    Object.assign(times, await scrollUsers(page))
  })
}
writeFileSync(resultFile, JSON.stringify(times))
rmSync(join(folder.outsideFile, '..'), { recursive: true, force: true })

function sandbox(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

/** The least an Electron program with a window is. */
function emptyApp(path: string): string {
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.js' }))
  writeFileSync(
    join(path, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ width: 1360, height: 900 }).loadURL('data:text/html,<p>empty'))`,
  )
  return path
}

/** Starts a program with a window, looks into it, ends it. */
async function inWindow(
  args: readonly string[],
  look: (page: Page, startedAt: number) => Promise<void>,
): Promise<void> {
  const startedAt = Date.now()
  const program = startProgram(electronPath(), ['--remote-debugging-port=0', ...args], {
    WEIR_E2E_OUTSIDE: folder.outsideFile,
  })
  let browser: Browser | undefined
  try {
    const address = await waitFor(program, () => /listening on (ws:\S+)/.exec(program.stderr())?.[1])
    browser = await chromium.connectOverCDP(address)
    const page = await firstPage(browser, program)
    page.setDefaultTimeout(LIMIT_MS)
    await look(page, startedAt)
  } finally {
    await browser?.close()
    await stopProgram(program)
  }
}

async function firstPage(browser: Browser, program: Program): Promise<Page> {
  const deadline = Date.now() + LIMIT_MS
  for (;;) {
    const page = browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((each) => each.url() !== 'about:blank' && each.url() !== '')
    if (page !== undefined) return page
    if (Date.now() > deadline) throw new Error(`No window came: ${program.stderr()}`)
    await sleep(5)
  }
}

/** When the page painted something for the first time, as the page tells it. */
function paintedAt(page: Page): Promise<number> {
  return page
    .waitForFunction(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint')
      return paint === undefined ? null : performance.timeOrigin + paint.startTime
    })
    .then((handle) => handle.jsonValue() as Promise<number>)
}

function nowIn(page: Page): Promise<number> {
  return page.evaluate(() => performance.timeOrigin + performance.now())
}

/** From the click to the frame in which the new screen stands with its figures. */
async function changeScreens(page: Page): Promise<WindowTimes['screens']> {
  const change = (link: string, title: string): Promise<number> =>
    page.evaluate(
      async ([label, heading]) => {
        const links = [...document.querySelectorAll<HTMLElement>('nav a')]
        const target = links.find((each) => each.textContent?.trim() === label)
        if (target === undefined) throw new Error(`no link ${label}`)
        const startedAt = performance.now()
        target.click()
        const isThere = (): boolean =>
          document.querySelector('h1')?.textContent === heading &&
          document.querySelector('main .mantine-Skeleton-root') === null &&
          document.querySelector('main')?.textContent !== ''
        while (!isThere()) await new Promise(requestAnimationFrame)
        // The next frame has it on screen.
        await new Promise(requestAnimationFrame)
        return performance.now() - startedAt
      },
      [link, title] as const,
    )
  const first: number[] = []
  for (const [link, title] of SCREENS) first.push(await change(link, title))
  const screens: WindowTimes['screens'] = []
  for (const [at, [link, title]] of SCREENS.entries()) {
    await sleep(300)
    screens.push({ title, firstMs: first[at] ?? 0, againMs: await change(link, title) })
  }
  return screens
}

/** Down and up again in steps of a wheel, as fast as frames come. */
async function scrollUsers(page: Page): Promise<Pick<WindowTimes, 'longestTaskMs' | 'scrolledRows'>> {
  await page.evaluate(() => {
    location.hash = '#/users?size=200'
  })
  await page.locator('tbody tr[data-row-id]').nth(50).waitFor()
  await sleep(1000)
  return page.evaluate(async () => {
    const tasks: number[] = []
    const observer = new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration))
    })
    observer.observe({ type: 'longtask' })
    const row = document.querySelector('tbody tr[data-row-id]')
    let scroller = row?.parentElement ?? null
    while (scroller !== null && scroller.scrollHeight <= scroller.clientHeight + 10)
      scroller = scroller.parentElement
    if (scroller === null) throw new Error('nothing scrolls')
    const rows = document.querySelectorAll('tbody tr[data-row-id]').length
    for (const step of [100, -100]) {
      for (let count = 0; count < scroller.scrollHeight / 100; count += 1) {
        scroller.scrollBy(0, step)
        await new Promise(requestAnimationFrame)
      }
    }
    await new Promise((done) => setTimeout(done, 200))
    observer.disconnect()
    return { longestTaskMs: Math.max(0, ...tasks), scrolledRows: rows }
  })
}

/** Through the window's own interface, as an operator brings them. */
async function addUsers(): Promise<void> {
  await inWindow(electronArgs(folder), async () => {
    const run = readRunFile(folder.dataDir)
    if (run === undefined) throw new Error('run.json is not there')
    const lines = Array.from({ length: USERS }, (_, at) => `crowd-${at},Crowd ${at}`)
    for (let from = 0; from < lines.length; from += 1000) {
      const answer = await fetch(`${run.url}/api/v1/auth/admin/users/import`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${run.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ csv: ['id,username', ...lines.slice(from, from + 1000)].join('\n') }),
      })
      if (!answer.ok) throw new Error(await answer.text())
    }
  })
}
