import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ChangeFeed } from '../../electron/core/kernel/change-feed.ts'
import { dispatch } from '../../electron/operations/dispatch.ts'
import type { OperationInput, OperationName } from '../../shared/contract/index.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const CALLER = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null } as const

const TURN = {
  user_id: 'alice',
  session_id: 'one',
  provider: 'Google',
  model: 'gemini-2.0-flash',
  input_tokens: 100,
  output_tokens: 10,
} as const

let opened: TestWeir
let heard: string[][]
beforeEach(async () => {
  opened = await openWeir(SYSTEM_CLOCK)
  heard = []
  opened.weir.changes.subscribe(({ topics }) => heard.push([...topics]))
})
afterEach(() => opened.close())

function ask<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
  return dispatch(opened.weir, name, input, CALLER)
}

describe('who listens', () => {
  test('hears of a change also when somebody before them failed over it', async () => {
    const troubles: unknown[] = []
    const feed = new ChangeFeed((error) => troubles.push(error))
    const told: string[] = []
    feed.subscribe(() => {
      throw new Error('the tray is gone')
    })
    feed.subscribe(({ topics }) => told.push(...topics))
    feed.publish('users')
    await expect.poll(() => told).toEqual(['users'])
    expect(troubles).toEqual([new Error('the tray is gone')])
    feed.close()
  })

  test('hears of many turns of a moment once', async () => {
    await ask('users.create', { id: 'alice', username: 'Alice' })
    await expect.poll(() => heard).toEqual([['users']])
    for (let turn = 1; turn <= 20; turn += 1) {
      expect(await ask('turns.record', { ...TURN, turn_number: turn })).toMatchObject({ kind: 'done' })
    }
    await expect.poll(() => heard.length).toBeGreaterThan(1)
    expect(new Set(heard.slice(1).flat())).toEqual(new Set(['turns']))
    expect(heard.length).toBeLessThan(20)
  })

  test('hears of a check that was refused, and not of one that was only a question', async () => {
    await ask('limits.check', { user_id: 'alice', dry_run: true })
    await ask('users.list', {})
    await ask('settings.update', { prompts_per_hour: -1 } as never)
    await ask('users.create', { id: 'alice', username: 'Alice' })
    await expect.poll(() => heard).toEqual([['users']])
    await ask('users.update', { id: 'alice', is_active: false })
    await expect.poll(() => heard.length).toBe(2)
    expect((await ask('limits.check', { user_id: 'alice' })).kind).toBe('refused')
    await expect.poll(() => heard.at(-1)).toEqual(['limits'])
  })

  test('hears of the end of an import as well as of its beginning', async () => {
    const folder = temporaryFolder()
    writeSessionFile(folder.path, 'alice', 'one', sessionOf([turnOf()]))
    const started = await ask('import.start', { sessions_dir: folder.path })
    expect(started.kind).toBe('done')
    if (started.kind !== 'done') return
    await opened.weir.imports.finished(started.value.run_id)
    const afterEnd = heard.length
    await expect.poll(() => heard.slice(afterEnd).flat()).toContain('import')
    folder.remove()
  })

  test('hears of the alert of a limit that a check reached, and not again with the next check', async () => {
    const profile = await ask('profiles.create', { name: 'Two', prompts_per_hour: 2 })
    const consumption_profile_id = profile.kind === 'done' ? profile.value.id : 0
    await ask('users.create', { id: 'alice', username: 'Alice', consumption_profile_id })
    await expect.poll(() => new Set(heard.flat())).toEqual(new Set(['profiles', 'users']))
    heard.length = 0
    for (let prompt = 1; prompt <= 2; prompt += 1)
      expect((await ask('limits.check', { user_id: 'alice' })).kind).toBe('done')
    await expect.poll(() => new Set(heard.flat())).toEqual(new Set(['alerts', 'limits']))
    heard.length = 0
    expect((await ask('limits.check', { user_id: 'alice' })).kind).toBe('refused')
    await expect.poll(() => heard).toEqual([['limits']])
  })

  test('hears of an alert that was raised, once for the same one', async () => {
    const alert = {
      kind: 'job_failed',
      onceKey: 'job-7',
      severity: 'warning',
      title: 'The job daily left something undone',
      detail: 'The log says why.',
      link: '/jobs',
    } as const
    await opened.weir.alerts.raise(alert)
    await expect.poll(() => heard).toEqual([['alerts']])
    expect(await opened.weir.alerts.raise(alert)).toEqual({ raised: false })
    await ask('users.create', { id: 'bob', username: 'Bob' })
    await expect.poll(() => heard.length).toBe(2)
    expect(heard[1]).toEqual(['users'])
  })
})
