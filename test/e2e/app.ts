import { type Browser, test as base, expect, type Page } from '@playwright/test'
import { fillCrowd } from './support/crowd.ts'
import {
  type Face,
  launchChromium,
  openInBrowser,
  openWindow,
  PAGE_SIZE,
  type RunningApp,
} from './support/faces.ts'
import type { TestFolder } from './support/processes.ts'

export { expect } from '@playwright/test'
export type { RunningApp } from './support/faces.ts'

/** Opens Weir in the face of the project; what is still open at the end is closed. */
export interface Host {
  readonly face: Face
  readonly open: (folder?: TestFolder) => Promise<RunningApp>
  /** The one Chromium of the worker, started when first asked for. */
  readonly browser: () => Promise<Browser>
}

interface WorkerFixtures {
  readonly face: Face
  readonly host: Host
  readonly crowdApp: RunningApp
}

interface TestFixtures {
  /** A Weir on an empty folder of the test's own, on its first-run screen. */
  readonly app: RunningApp
  /**
   * The Weir all tests of a worker share: the sample, sixty users more, some of them with hostile names. At its dashboard,
   * with nothing remembered. A test may add to it, and must not take away.
   */
  readonly crowd: RunningApp
}

/** The test function of all specs. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  face: ['browser', { scope: 'worker', option: true }],

  host: [
    async ({ face }, use) => {
      let chromium: Promise<Browser> | undefined
      const browser = (): Promise<Browser> => {
        chromium ??= launchChromium()
        return chromium
      }
      const opened: RunningApp[] = []
      const open = async (folder?: TestFolder): Promise<RunningApp> => {
        const app =
          face === 'desktop' ? await openWindow(folder) : await openInBrowser(await browser(), folder)
        opened.push(app)
        return app
      }
      await use({ face, open, browser })
      for (const app of opened) await app.close()
      await (await chromium)?.close()
    },
    { scope: 'worker' },
  ],

  crowdApp: [
    async ({ host }, use) => {
      const app = await host.open()
      await fillCrowd(app)
      await use(app)
      await app.close()
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  app: async ({ host }, use) => {
    const app = await host.open()
    await use(app)
    await app.close()
    expectNoMisdeeds(app)
  },

  crowd: async ({ crowdApp: app }, use) => {
    await startAfresh(app)
    app.misdeeds.faults.length = 0
    await use(app)
    expectNoMisdeeds(app)
  },
})

/** At the dashboard as a new operator finds it: nothing chosen, nothing remembered. */
async function startAfresh(app: RunningApp): Promise<void> {
  const { page } = app
  // One window serves all tests of a worker; one of them may have made it narrow.
  await page.setViewportSize(PAGE_SIZE)
  await page.goto(`${app.home}#/dashboard`)
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
}

/** Whatever a test is about: the page broke nothing, opened no dialog and asked nobody but Weir. */
export function expectNoMisdeeds({ misdeeds, face }: Pick<RunningApp, 'misdeeds' | 'face'>): void {
  expect(misdeeds, `what the ${face} page did that it must not`).toEqual({ faults: [], outside: [] })
}

/** Goes to an address of the router, such as `/users?sort=username`, as a link in the page would. */
export async function show({ page, home }: RunningApp, address: string): Promise<void> {
  await page.goto(`${home}#${address}`)
}

/** The search part of the router's address. */
export function addressOf(page: Page): URLSearchParams {
  const hash = new URL(page.url()).hash
  return new URLSearchParams(hash.slice(hash.indexOf('?') + 1))
}
