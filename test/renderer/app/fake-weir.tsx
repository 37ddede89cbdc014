import type { QueryClient } from '@tanstack/react-query'
import { createMemoryHistory } from '@tanstack/react-router'
import { type RenderResult, render } from '@testing-library/react'
import { App } from '../../../renderer/app/app.tsx'
import type { BrowserSession } from '../../../renderer/app/browser-session.ts'
import { createWeirQueryClient } from '../../../renderer/app/queries.ts'
import { createWeirRouter, type WeirRouter } from '../../../renderer/app/routes.tsx'
import type { ChangeSource } from '../../../renderer/change-source.ts'
import type { WeirClient } from '../../../renderer/weir-client.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../../shared/contract/index.ts'
import type { OperationAnswer, Problem } from '../../../shared/contract/problem.ts'
import { ERROR_CODES, type ErrorCode } from '../../../shared/error-codes.ts'

/** A Weir that answers from a table of functions: the transport is the only thing that is not real in these tests. */
export type FakeAnswers = {
  [Name in OperationName]?: (
    input: OperationInput<Name>,
  ) => OperationOutput<Name> | Problem | Promise<OperationOutput<Name>>
}

export interface FakeWeir {
  readonly client: WeirClient
  readonly answers: FakeAnswers
  readonly calls: { readonly name: OperationName; readonly input: unknown }[]
}

export const STATUS: OperationOutput<'status.get'> = {
  state: 'running',
  version: '0.1.0',
  face: 'window',
  api_url: 'http://127.0.0.1:5055',
  data_dir: '/data/weir',
  database_size_bytes: 48_200_000,
  schema_version: 1,
  time_zone: 'Europe/Berlin',
  current_period: '2026-11',
  enforcement: { mode: 'on', reason: null, until: null },
  override_until: null,
  users: 38,
  turns: 18_420,
  first_run: false,
  is_sample: false,
  executor_tokens: 1,
  unread_alerts: 0,
  running_import: null,
  running_restore: null,
  running_reprice: null,
  restored_as: null,
  storage: { state: 'ok', found_at: null, detail: null, backup: null },
  dashboards: {
    source: 'database',
    chosen: 'database',
    database_down_since: null,
    is_reading: false,
    read_at: null,
    problem_count: 0,
    error: null,
  },
  started_at: '2026-11-24T06:00:00.000Z',
  now: '2026-11-24T07:00:00.000Z',
}

export const FOLDER = '/srv/agent/sessions'

export const SETUP: OperationOutput<'setup.suggestions'> = {
  data_dir: '/data/weir',
  time_zone: 'Europe/Berlin',
  api_url: 'http://127.0.0.1:5055',
  sessions_dir: FOLDER,
  folder: null,
}

export function problem(code: ErrorCode, detail = 'Because of the test.'): Problem {
  const { status, title } = ERROR_CODES[code]
  return { type: 'about:blank', title, status, code, detail, request_id: 'req-1' }
}

export function fakeWeir(answers: FakeAnswers = {}): FakeWeir {
  const calls: FakeWeir['calls'] = []
  const table: FakeAnswers = { 'status.get': () => STATUS, 'setup.suggestions': () => SETUP, ...answers }
  const client: WeirClient = {
    kind: 'window',
    call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
      calls.push({ name, input })
      const answer = table[name]?.(input) ?? problem('internal', `The test has no answer for ${name}.`)
      if (answer instanceof Promise)
        return answer.then((value: OperationOutput<Name>) => ({ ok: true, value }) as const)
      const isProblem = 'request_id' in answer && 'code' in answer
      const settled = isProblem ? { ok: false, problem: answer } : { ok: true, value: answer }
      return Promise.resolve(settled as OperationAnswer<OperationOutput<Name>>)
    },
  }
  return { client, answers: table, calls }
}

/** A Weir in which nothing happens that the page has not asked for. */
const QUIET: ChangeSource = {
  listen(listener) {
    listener({ kind: 'live' })
    return () => undefined
  },
}

/** The whole page at an address. */
export function openPage(
  weir: FakeWeir,
  address: string,
  session: BrowserSession | null = null,
  changes: ChangeSource = QUIET,
): RenderResult & { readonly router: WeirRouter; readonly queries: QueryClient } {
  const history = createMemoryHistory({ initialEntries: [address] })
  const router = createWeirRouter({ isLoginNeeded: () => session !== null && !session.isLoggedIn() }, history)
  const queries = createWeirQueryClient()
  const page = render(
    <App
      client={weir.client}
      changes={changes}
      session={session}
      queries={queries}
      router={router}
      env="test"
    />,
  )
  return { ...page, router, queries }
}
