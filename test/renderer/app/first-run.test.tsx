import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import {
  type FakeAnswers,
  type FakeWeir,
  FOLDER,
  fakeWeir,
  openPage,
  problem,
  SETUP,
  STATUS,
} from './fake-weir.tsx'

type Run = OperationOutput<'import.get'>
type Report = NonNullable<Run['report']>

const REPORT: Report = {
  users: 38,
  sessions: 1204,
  turns: 18_420,
  unreadable: [{ path: 'bob/3f1c.json', reason: 'The file ends in the middle of a turn.' }],
  imported: 18_000,
  already_there: 420,
  conflicting: 0,
  accuracy_percent: 100,
  mismatches: [],
  periods: [
    {
      period: '2026-10',
      users: 30,
      turns: 9000,
      input_tokens: 5_000_000,
      output_tokens: 900_000,
      cost_usd: 31.42,
    },
    {
      period: '2026-11',
      users: 38,
      turns: 9420,
      input_tokens: 6_000_000,
      output_tokens: 1_000_000,
      cost_usd: 38.5,
    },
  ],
  outside_turns_tokens: 880,
  dry_run: false,
  validate_only: false,
  by_user: [],
  auth_database: null,
}

const RUNNING: Run = {
  run_id: 'import-1',
  sessions_dir: FOLDER,
  auth_db: null,
  status: 'running',
  phase: 'writing',
  files_total: 1204,
  files_done: 301,
  auth_rows_total: 0,
  auth_rows_done: 0,
  turns_written: 4500,
  files_per_second: 100,
  started_at: '2026-11-24T07:00:00.000Z',
  finished_at: null,
  error: null,
  report: null,
}

const found = (files: number, more: Partial<NonNullable<(typeof SETUP)['folder']>> = {}): typeof SETUP => ({
  ...SETUP,
  folder: { exists: true, readable: true, users: 38, files, bytes: 48_200_000, problem: null, ...more },
})

function freshWeir(answers: FakeAnswers = {}): FakeWeir {
  return fakeWeir({
    'status.get': () => ({ ...STATUS, first_run: true }),
    'setup.suggestions': (input) => (input.sessions_dir === undefined ? SETUP : found(1204)),
    ...answers,
  })
}

const button = (name: string | RegExp): Promise<HTMLElement> => screen.findByRole('button', { name })
const callsOf = (weir: FakeWeir, name: string): unknown[] =>
  weir.calls.filter((call) => call.name === name).map((call) => call.input)

describe('the first run', () => {
  it('leads from an empty folder to an import of the suggested one in two clicks', async () => {
    let run = RUNNING
    const weir = freshWeir({
      'import.start': () => RUNNING,
      'import.get': () => run,
    })
    const { router } = openPage(weir, '/')
    await screen.findByText('38 users, 1 204 session files, 48.2 MB')
    expect(router.state.location.pathname).toBe('/welcome')
    fireEvent.click(await button(/^Import 1.204 sessions$/))
    await screen.findByText('Writing to the ledger')
    expect(screen.getByText(/^301 of 1.204 files$/)).toBeDefined()
    expect(screen.getByText(/^about 10.s left$/)).toBeDefined()
    expect(callsOf(weir, 'import.start')).toEqual([{ sessions_dir: FOLDER, dry_run: false }])
    run = { ...RUNNING, status: 'done', phase: 'finished', files_done: 1204, report: REPORT }
    await screen.findByText('The sessions are imported; something needs a look')
    expect(screen.getByText('100%')).toBeDefined()
    expect(screen.getByText('bob/3f1c.json')).toBeDefined()
    expect(screen.getByText('Open the dashboard').closest('a')?.getAttribute('href')).toContain('/dashboard')
  })

  it('takes an auth database as a further source, and tells what of it was not taken', async () => {
    let run: Run = RUNNING
    const auth_database = {
      file: '/agent/auth.db',
      tables: [{ table: 'users', found: 3, imported: 2, already_there: 0, conflicting: 0, rejected: 1 }],
      accuracy_percent: 100,
      rejects: [{ table: 'users', row: '../evil', reason: 'id is nothing Weir can use as an id.' }],
      conflicts: [],
      not_taken: [{ table: 'auth_tokens', rows: 4, reason: 'They are logins.' }],
    }
    const by_user = [
      { user_id: 'alice', username: null, turns: 4, input_tokens: 40, output_tokens: 4, is_exact: true },
    ]
    const weir = freshWeir({
      'import.lookAtAuthDatabase': () => ({ tables: [{ table: 'users', rows: 3 }], not_taken: [] }),
      'import.start': () => RUNNING,
      'import.get': () => run,
    })
    openPage(weir, '/welcome')
    await button(/^Import 1.204/)
    fireEvent.click(await button(/auth database/))
    fireEvent.change(screen.getByRole('textbox', { name: 'Auth database of the platform' }), {
      target: { value: '/agent/auth.db' },
    })
    await screen.findByText('Users: 3')
    fireEvent.click(await button(/^Import 1.204/))
    await waitFor(() =>
      expect(callsOf(weir, 'import.start')).toEqual([
        { sessions_dir: FOLDER, auth_db: '/agent/auth.db', dry_run: false },
      ]),
    )
    run = { ...RUNNING, status: 'done', phase: 'finished', report: { ...REPORT, auth_database, by_user } }
    const table = await screen.findByRole('table', { name: 'From the auth database' })
    expect(table.textContent).toContain('Users32001')
    expect(screen.getByRole('table', { name: '1 row cannot be taken' }).textContent).toContain('../evil')
    expect(screen.getByText('auth_tokens (4 rows) stays behind. They are logins.')).toBeDefined()
    expect(screen.getByRole('table', { name: 'Users of this import' }).textContent).toContain(
      'alicenew4404exact',
    )
  })

  it('lets the time zone be chosen as long as no turn is booked', async () => {
    const weir = freshWeir({
      'status.get': () => ({ ...STATUS, first_run: true, turns: 0 }),
      'settings.update': () => problem('busy', 'not now'),
    })
    openPage(weir, '/welcome')
    const zone = await screen.findByRole('combobox', { name: 'Time zone of months and days' })
    fireEvent.change(zone, { target: { value: 'Europe/Berlin' } })
    await waitFor(() => expect(callsOf(weir, 'settings.update')).toEqual([{ time_zone: 'Europe/Berlin' }]))
  })

  it('takes Enter in the folder field for the primary action', async () => {
    const weir = freshWeir({ 'import.start': () => RUNNING, 'import.get': () => RUNNING })
    openPage(weir, '/welcome')
    await button(/^Import 1.204/)
    const form = screen.getByRole('textbox').closest('form')
    if (form === null) throw new Error('the field is in no form')
    fireEvent.submit(form)
    await waitFor(() => expect(callsOf(weir, 'import.start')).toHaveLength(1))
  })

  it('shows the months after a dry run and keeps the folder for the real one', async () => {
    const weir = freshWeir({
      'import.start': () => RUNNING,
      'import.get': () => ({
        ...RUNNING,
        status: 'done',
        phase: 'finished',
        report: { ...REPORT, dry_run: true, unreadable: [] },
      }),
    })
    openPage(weir, '/welcome')
    await button(/^Import 1.204/)
    fireEvent.click(await button('Dry run'))
    await screen.findByText('Dry run: nothing was written')
    expect(callsOf(weir, 'import.start')).toEqual([{ sessions_dir: FOLDER, dry_run: true }])
    const months = screen.getAllByRole('row').map((row) => row.textContent)
    // Newest first, then the sum of all.
    expect(months[1]).toContain('2026-11')
    expect(months[3]).toMatch(/All months.*18.420.*11.000.000.*1.900.000.*\$69\.92/)
    expect((await button(/^Import 1.204/)).hasAttribute('disabled')).toBe(false)
  })

  it('says in words what is wrong with a folder and does not start', async () => {
    const weir = freshWeir({
      'setup.suggestions': (input) =>
        input.sessions_dir === '/nowhere' ? found(0, { exists: false, readable: false }) : SETUP,
    })
    openPage(weir, '/welcome')
    fireEvent.change(await screen.findByRole('textbox'), { target: { value: '/nowhere' } })
    await screen.findByText('There is no folder at this path.')
    expect((await button('Import sessions')).hasAttribute('disabled')).toBe(true)
  })

  it('shows why an import is refused', async () => {
    const weir = freshWeir({ 'import.start': () => problem('busy', 'An import is running already.') })
    openPage(weir, '/welcome')
    fireEvent.click(await button(/^Import 1.204/))
    await screen.findByText('An import is running already.')
  })

  it('stops an import on request and says what stays', async () => {
    let run = RUNNING
    const weir = freshWeir({
      'import.get': () => run,
      'import.cancel': () => {
        run = { ...RUNNING, status: 'cancelled' }
        return run
      },
    })
    openPage(weir, '/welcome?run=import-1')
    fireEvent.click(await button('Cancel the import'))
    await screen.findByText('The import was stopped')
    expect(screen.getByText(/4.500 turns of whole sessions are in the ledger/)).toBeDefined()
  })

  it('finds a running import again, and shows the form when the run is forgotten', async () => {
    const weir = fakeWeir({
      'status.get': () => ({ ...STATUS, state: 'importing', running_import: RUNNING }),
      'import.get': () => RUNNING,
    })
    const { router, unmount } = openPage(weir, '/import')
    await screen.findByText('Writing to the ledger')
    expect(router.state.location.search).toEqual({ run: 'import-1' })
    unmount()
    openPage(fakeWeir({ 'import.get': () => problem('run_unknown') }), '/import?run=import-0')
    expect(await screen.findByRole('textbox')).toBeDefined()
  })
})

describe('the other ways to start', () => {
  it('loads the sample and opens the dashboard', async () => {
    const weir = freshWeir({ 'setup.loadSample': () => ({ users: 20, sessions: 160, turns: 2140 }) })
    const { router } = openPage(weir, '/welcome')
    fireEvent.click(await screen.findByRole('radio', { name: 'Look around with a sample' }))
    fireEvent.click(await button('Load the sample'))
    await waitFor(() => expect(router.state.location.pathname).toBe('/dashboard'))
  })

  it('starts empty with Enter on the choice and goes on to connecting the agent', async () => {
    const weir = freshWeir({
      'setup.startEmpty': () => ({ first_run: false }),
      'tokens.list': () => ({ tokens: [] }),
    })
    const { router } = openPage(weir, '/welcome')
    const choice = await screen.findByRole('radio', { name: 'Start empty' })
    fireEvent.click(choice)
    await button('Start empty')
    fireEvent.keyDown(choice, { key: 'Enter' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/connect'))
    expect(callsOf(weir, 'setup.startEmpty')).toHaveLength(1)
  })
})
