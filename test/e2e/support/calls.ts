import { OPERATIONS, type OperationName } from '../../../shared/contract/index.ts'
import { PROBLEM_MEDIA_TYPE, type Problem, problemOf } from '../../../shared/contract/problem.ts'
import { CALL_CHANNEL } from '../../../shared/desktop-bridge.ts'
import type { RunningApp } from './faces.ts'

/** What a page asks its core, and a way to make the core answer with an error. Works for both faces. */
export interface CallWatch {
  /** The operations asked since the last `clear`, in order. */
  readonly names: () => Promise<readonly OperationName[]>
  readonly clear: () => Promise<void>
  /** From now on these operations are answered with 503; none heals. */
  readonly fail: (names: readonly OperationName[]) => Promise<void>
  readonly stop: () => Promise<void>
}

/** What a failing operation is answered with. */
export const INJECTED: Problem = problemOf(
  'storage_unavailable',
  'The database cannot be read (put there by a test).',
  'req-injected',
)

/** Watches the calls of a page from now on. */
export function watchCalls(app: RunningApp): Promise<CallWatch> {
  return app.electron === null ? watchRequests(app) : watchChannel(app.electron)
}

const PATHS = Object.entries(OPERATIONS).map(([name, { method, path }]) => ({
  name: name as OperationName,
  method,
  path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
}))

function operationOf(method: string, address: string): OperationName | undefined {
  const { pathname } = new URL(address)
  return PATHS.find((each) => each.method === method && each.path.test(pathname))?.name
}

async function watchRequests({ page }: RunningApp): Promise<CallWatch> {
  let asked: OperationName[] = []
  let failing: readonly OperationName[] = []
  await page.route('**/api/v1/**', async (route) => {
    const name = operationOf(route.request().method(), route.request().url())
    if (name !== undefined) asked.push(name)
    if (name === undefined || !failing.includes(name)) return route.fallback()
    return route.fulfill({
      status: INJECTED.status,
      contentType: PROBLEM_MEDIA_TYPE,
      body: JSON.stringify(INJECTED),
    })
  })
  return {
    names: async () => asked,
    clear: async () => {
      asked = []
    },
    fail: async (names) => {
      failing = names
    },
    stop: () => page.unroute('**/api/v1/**'),
  }
}

/** What is left in the window's program while a watch is on. */
interface ChannelWatch {
  asked: string[]
  failing: readonly string[]
  readonly real: (...args: unknown[]) => unknown
}

async function watchChannel(electron: NonNullable<RunningApp['electron']>): Promise<CallWatch> {
  await electron.evaluate(
    ({ ipcMain }, { channel, problem }) => {
      // Electron has no way to ask for a handler; the map it keeps them in has had this name since handlers exist.
      const { _invokeHandlers: handlers } = ipcMain as unknown as {
        readonly _invokeHandlers: Map<string, (...args: unknown[]) => unknown>
      }
      const real = handlers.get(channel)
      if (real === undefined) throw new Error(`Nobody answers ${channel}`)
      const watch: ChannelWatch = { asked: [], failing: [], real }
      Object.assign(globalThis, { weirWatch: watch })
      handlers.set(channel, (event, name, input) => {
        watch.asked.push(String(name))
        return watch.failing.includes(String(name)) ? { ok: false, problem } : real(event, name, input)
      })
    },
    { channel: CALL_CHANNEL, problem: INJECTED },
  )
  const set = (change: Partial<Omit<ChannelWatch, 'real'>>): Promise<void> =>
    electron.evaluate((_electron, wanted) => {
      Object.assign((globalThis as unknown as { weirWatch: ChannelWatch }).weirWatch, wanted)
    }, change)
  return {
    names: () =>
      electron.evaluate(
        () => (globalThis as unknown as { weirWatch: ChannelWatch }).weirWatch.asked as OperationName[],
      ),
    clear: () => set({ asked: [] }),
    fail: (names) => set({ failing: names }),
    stop: () =>
      electron.evaluate(({ ipcMain }, channel) => {
        const { weirWatch } = globalThis as unknown as { weirWatch: ChannelWatch }
        ipcMain.removeHandler(channel)
        ipcMain.handle(channel, weirWatch.real as Parameters<typeof ipcMain.handle>[1])
      }, CALL_CHANNEL),
  }
}
