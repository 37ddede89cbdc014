import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import {
  NO_OTHER_HOSTS,
  type Program,
  ROOT,
  START_LIMIT_MS,
  startProgram,
  type TestFolder,
  waitFor,
} from '../e2e/support/processes.ts'

/** The folder `npm run package` builds. */
export const PACKAGE = join(
  ROOT,
  'dist',
  process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked',
)

/** Playwright's usual way in goes through `--inspect`, which the package's fuses close; this one is Chromium's own. */
const CHROMIUM_SAYS = /DevTools listening on (ws:\S+)/

/** The packed window and its page. */
export interface PackedWindow {
  readonly program: Program
  readonly page: Page
  readonly browser: Browser
}

/** Starts the packed window on a folder of its own and waits until its page has heard from the core. */
export async function openPackedWindow(
  folder: TestFolder,
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): Promise<PackedWindow> {
  const isRoot = process.getuid?.() === 0
  const program = startProgram(
    join(PACKAGE, 'weir-window'),
    [
      // Chromium refuses to sandbox a process of root's.
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      NO_OTHER_HOSTS,
      '--remote-debugging-port=0',
      '--data-dir',
      folder.dataDir,
      '--port',
      '0',
      ...args,
    ],
    withoutCheckout(env),
  )
  const endpoint = await waitFor(program, () => CHROMIUM_SAYS.exec(program.stderr())?.[1])
  const browser = await chromium.connectOverCDP(endpoint, { timeout: START_LIMIT_MS })
  const context = browser.contexts()[0]
  if (context === undefined) throw new Error('The packed window has no page.')
  const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: START_LIMIT_MS }))
  await page.getByText('Running', { exact: true }).waitFor({ timeout: START_LIMIT_MS })
  return { program, page, browser }
}

/** Runs a command of the packed program to its end; without a display, as on a server. */
export async function packedCommand(folder: TestFolder, args: readonly string[]) {
  const program = startPackedCommand(folder, args)
  const code = await program.ended
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** Starts a command of the packed program, without a display. */
export function startPackedCommand(folder: TestFolder, args: readonly string[]): Program {
  const env = { WEIR_DATA_DIR: folder.dataDir, DISPLAY: '', WAYLAND_DISPLAY: '' }
  return startProgram(join(PACKAGE, 'weir'), args, withoutCheckout(env))
}

/** The package must bring everything itself, so what a checkout sets for its own runs is taken away. */
function withoutCheckout(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { WEIR_SQLITE_BINDING: '', ELECTRON_OVERRIDE_DIST_PATH: '', ELECTRON_EXEC_PATH: '', ...env }
}
