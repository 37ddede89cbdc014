import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, expect } from '@playwright/test'
import { DEFAULT_PORT } from '../../electron/core/kernel/start-settings.ts'
import { importText } from '../../renderer/text/import.ts'
import { ask } from './support/api.ts'
import { launchChromium, openInBrowser, openWindow, type RunningApp } from './support/faces.ts'
import { ROOT, testFolder } from './support/processes.ts'
import { card, panel, userRows } from './support/screens.ts'
import { writeSessionFolder } from './support/session-folder.ts'

/**
 * Takes the pictures of README and docs from Weir as it is: on a fresh folder, with the sample, in a real Chromium and
 * in the real window. Run by `npm run screenshots`; the pictures are looked at before they are committed.
 */

const IMAGES = join(ROOT, 'docs/images')

/** The size of a picture: a usual window, and a page of text shows it without scaling it to dust. */
const SIZE = { width: 1360, height: 900 } as const

/** Until charts and fonts are drawn; nothing on the page says so. */
const SETTLE_MS = 800

/** Requests of the sample's users within this hour, so that the columns of the hour and the day have something to show. */
const REQUESTS = { 'sample-amira': 14, 'sample-bruno': 31, 'sample-chiara': 6, 'sample-farid': 9 } as const

/** The screens of the user guide that have no picture of their own above: the name of each picture and its address. */
const GUIDE = {
  user: '/user?id=sample-bruno',
  sessions: '/sessions',
  costs: '/costs',
  intelligence: '/intelligence',
  profiles: '/profiles',
  access: '/access',
  connect: '/connect',
  enforcement: '/enforcement',
  import: '/import',
  reconciliation: '/reconciliation',
  jobs: '/jobs',
  backups: '/backups',
  readiness: '/readiness',
  audit: '/audit',
  logs: '/logs',
  settings: '/settings',
} as const

async function takeAll(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true })
  const browser = await launchChromium()
  try {
    await takeScreens(browser)
  } finally {
    await browser.close()
  }
  await takeWindow()
}

/** The folder has a name that says nothing about the machine, as far as it is still free. */
function pictureFolder(): ReturnType<typeof testFolder> {
  const wanted = join(tmpdir(), 'weir')
  try {
    mkdirSync(wanted)
    return testFolder(wanted)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return testFolder(mkdtempSync(`${wanted}-`))
  }
}

/** The port Weir usually has, where nobody has it now; else any. */
async function usualPort(): Promise<number> {
  const server = createServer()
  const isFree = await new Promise<boolean>((done) => {
    server.once('error', () => done(false))
    server.listen(DEFAULT_PORT, '127.0.0.1', () => done(true))
  })
  await new Promise((done) => (isFree ? server.close(done) : done(undefined)))
  return isFree ? DEFAULT_PORT : 0
}

async function takeScreens(browser: Browser): Promise<void> {
  const folder = pictureFolder()
  const app = await openInBrowser(browser, folder, await usualPort())
  const { page } = app
  try {
    await page.emulateMedia({ colorScheme: 'light' })
    const files = writeSessionFolder(join(folder.dataDir, '..'))
    await page.getByRole('textbox', { name: importText.folder }).fill(files.path)
    await expect(page.locator('[data-kind="good"]')).toBeVisible()
    await page.getByRole('textbox', { name: importText.folder }).blur()
    await take(app, 'first-run')

    await fillWithSample(app)
    await open(app, '/dashboard')
    await expect(panel(page, 'Velocity').locator('canvas')).toBeVisible()
    await take(app, 'dashboard-light')
    await page.emulateMedia({ colorScheme: 'dark' })
    await take(app, 'dashboard-dark')
    await page.emulateMedia({ colorScheme: 'light' })

    await open(app, '/users')
    await expect(userRows(page).first()).toBeVisible()
    await take(app, 'users-light')
    for (const [name, address] of Object.entries(GUIDE)) {
      await open(app, address)
      await expect(page.getByText('Asking …')).toHaveCount(0)
      await take(app, name)
    }
  } finally {
    await app.close()
  }
}

async function takeWindow(): Promise<void> {
  const folder = pictureFolder()
  const profile = join(folder.dataDir, 'window')
  mkdirSync(profile, { recursive: true })
  writeFileSync(
    join(profile, 'window-state.json'),
    JSON.stringify({ x: 0, y: 0, ...SIZE, is_maximized: false }),
  )
  const app = await openWindow(folder, await usualPort())
  const { page, electron } = app
  try {
    if (electron === null) throw new Error('This is no window')
    await page.emulateMedia({ colorScheme: 'light' })
    await fillWithSample(app)
    await open(app, '/users')
    await open(app, '/dashboard')
    await expect(card(page, 'Tokens in')).toBeVisible()
    await page.waitForTimeout(SETTLE_MS)
    // The window with its menu, as the screen has it; the page alone would be one more picture of a browser.
    const picture = await electron.evaluate(async ({ desktopCapturer, screen }, size) => {
      const [source] = await desktopCapturer.getSources({
        types: ['screen'],
        thumbnailSize: screen.getPrimaryDisplay().size,
      })
      return source?.thumbnail
        .crop({ x: 0, y: 0, ...size })
        .toPNG()
        .toString('base64')
    }, SIZE)
    if (picture === undefined) throw new Error('The screen could not be captured')
    writeFileSync(join(IMAGES, 'window.png'), Buffer.from(picture, 'base64'))
    say('window')
  } finally {
    await app.close()
  }
}

async function fillWithSample(app: RunningApp): Promise<void> {
  await ask(app, 'setup.loadSample', {})
  await ask(app, 'tokens.create', { name: 'agent', scope: 'executor' })
  await ask(app, 'backups.create', {})
  await ask(app, 'jobs.run', { job: 'hourly' })
  for (const [user, requests] of Object.entries(REQUESTS)) {
    for (let request = 0; request < requests; request += 1) await ask(app, 'limits.check', { user_id: user })
  }
}

/** Opens a screen afresh, so that it shows what was filled in behind the page's back. */
async function open({ page, home }: RunningApp, address: string): Promise<void> {
  await page.goto(`${home}#${address}`)
  await page.reload()
  await page.locator('footer [data-state="running"]').waitFor()
}

async function take({ page }: RunningApp, name: string): Promise<void> {
  // Away from everything that would show that the pointer is there.
  await page.mouse.move(0, 0)
  await page.waitForTimeout(SETTLE_MS)
  await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' })
  say(name)
}

function say(name: string): void {
  process.stdout.write(`docs/images/${name}.png\n`)
}

await takeAll()
