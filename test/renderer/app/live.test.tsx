import { focusManager } from '@tanstack/react-query'
import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isConcerned } from '../../../renderer/app/live-topics.ts'
import { refreshChoice } from '../../../renderer/app/refresh-interval.ts'
import type { ChangeNews, ChangeSource } from '../../../renderer/change-source.ts'
import type { OperationName, OperationOutput } from '../../../shared/contract/index.ts'
import { type FakeWeir, fakeWeir, openPage, STATUS } from './fake-weir.tsx'

type Token = OperationOutput<'tokens.list'>['tokens'][number]

const TOKEN: Token = {
  id: 1,
  name: 'first agent',
  scope: 'executor',
  user_id: null,
  prefix: 'weir_a1b2',
  created_at: '2026-11-20T06:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
}

/** A feed that a test speaks for. */
function feed(): ChangeSource & { say: (news: ChangeNews) => void } {
  let tell: (news: ChangeNews) => void = () => undefined
  return {
    listen(listener) {
      tell = listener
      listener({ kind: 'live' })
      return () => undefined
    },
    say: (news) => act(() => tell(news)),
  }
}

function asked(weir: FakeWeir, name: OperationName): number {
  return weir.calls.filter((call) => call.name === name).length
}

const tokensChanged: ChangeNews = { kind: 'changed', topics: ['tokens'] }

/** Time passes as a test says; what waits for it goes on. */
function pass(ms: number): Promise<unknown> {
  return act(() => vi.advanceTimersByTimeAsync(ms))
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
  refreshChoice.set('live')
})

afterEach(() => {
  vi.useRealTimers()
  focusManager.setFocused(undefined)
})

async function openTokens(): Promise<{ weir: FakeWeir; changes: ReturnType<typeof feed> }> {
  const weir = fakeWeir({ 'tokens.list': () => ({ tokens: [TOKEN] }) })
  const changes = feed()
  openPage(weir, '/connect', null, changes)
  // The screen is loaded by real files, which take real time.
  await vi.waitFor(() => screen.getByText('first agent'), { timeout: 20_000 })
  await pass(1_000)
  return { weir, changes }
}

describe('what is on screen', () => {
  it('follows a change that somebody else made, without a click', async () => {
    const { weir, changes } = await openTokens()
    weir.answers['tokens.list'] = () => ({ tokens: [{ ...TOKEN, name: 'second agent' }] })
    changes.say(tokensChanged)
    await pass(1_000)
    expect(screen.getByText('second agent')).toBeDefined()
  })

  it('goes on following after the clock was set back', async () => {
    const { weir, changes } = await openTokens()
    vi.setSystemTime(Date.now() - 3_600_000)
    weir.answers['tokens.list'] = () => ({ tokens: [{ ...TOKEN, name: 'second agent' }] })
    changes.say(tokensChanged)
    await pass(1_500)
    expect(screen.getByText('second agent')).toBeDefined()
  })

  it('goes on following after an answer took very long, because the laptop slept', async () => {
    const { weir, changes } = await openTokens()
    let wake: () => void = () => undefined
    weir.answers['tokens.list'] = () =>
      new Promise<OperationOutput<'tokens.list'>>((resolve) => {
        wake = () => resolve({ tokens: [TOKEN] })
      })
    changes.say(tokensChanged)
    await pass(3_600_000)
    wake()
    await pass(0)
    weir.answers['tokens.list'] = () => ({ tokens: [{ ...TOKEN, name: 'second agent' }] })
    changes.say(tokensChanged)
    await pass(31_000)
    expect(screen.getByText('second agent')).toBeDefined()
  })

  it('asks nothing when something else changed', async () => {
    const { weir, changes } = await openTokens()
    const before = asked(weir, 'tokens.list')
    changes.say({ kind: 'changed', topics: ['turns', 'limits'] })
    await pass(5_000)
    expect(asked(weir, 'tokens.list')).toBe(before)
  })

  it('is asked for once a second at most, however much changes', async () => {
    const { weir, changes } = await openTokens()
    const before = asked(weir, 'tokens.list')
    for (let quarter = 0; quarter < 40; quarter += 1) {
      changes.say(tokensChanged)
      await pass(250)
    }
    await pass(1_000)
    const times = asked(weir, 'tokens.list') - before
    expect(times).toBeGreaterThanOrEqual(9)
    expect(times).toBeLessThanOrEqual(12)
  })

  it('is asked for no more often than the operator has chosen, and by itself not at all when that is off', async () => {
    const { weir, changes } = await openTokens()
    refreshChoice.set(30)
    await pass(30_000)
    const before = asked(weir, 'tokens.list')
    changes.say(tokensChanged)
    await pass(1_000)
    for (let second = 0; second < 20; second += 1) {
      changes.say(tokensChanged)
      await pass(1_000)
    }
    expect(asked(weir, 'tokens.list') - before).toBeLessThanOrEqual(1)
    refreshChoice.set(0)
    await pass(60_000)
    const whenOff = asked(weir, 'tokens.list')
    changes.say(tokensChanged)
    await pass(300_000)
    expect(asked(weir, 'tokens.list')).toBe(whenOff)
  })

  it('is not asked for while nobody sees the page, and is when somebody looks again', async () => {
    const { weir, changes } = await openTokens()
    act(() => focusManager.setFocused(false))
    const before = asked(weir, 'tokens.list')
    changes.say(tokensChanged)
    await pass(300_000)
    expect(asked(weir, 'tokens.list')).toBe(before)
    expect(asked(weir, 'status.get')).toBeLessThanOrEqual(2)
    act(() => focusManager.setFocused(true))
    await pass(0)
    expect(asked(weir, 'tokens.list')).toBe(before + 1)
  })

  it('is asked for seldom while the feed tells of changes', async () => {
    const { weir } = await openTokens()
    const before = asked(weir, 'tokens.list')
    await pass(300_000)
    expect(asked(weir, 'tokens.list') - before).toBe(5)
  })
})

describe('a feed that is lost', () => {
  it('is said at the bottom; figures are asked for every ten seconds, and at once when it is back', async () => {
    const { weir, changes } = await openTokens()
    expect(screen.queryByText('Not live')).toBeNull()
    changes.say({ kind: 'lost' })
    expect(screen.getByText('Not live')).toBeDefined()
    const before = asked(weir, 'tokens.list')
    await pass(10_500)
    expect(asked(weir, 'tokens.list')).toBe(before + 1)
    weir.answers['status.get'] = () => ({ ...STATUS, turns: 4 })
    changes.say({ kind: 'live' })
    await pass(1_000)
    expect(asked(weir, 'tokens.list')).toBe(before + 2)
    expect(screen.queryByText('Not live')).toBeNull()
    expect(screen.getByText('4 turns')).toBeDefined()
  })
})

describe('a change concerns', () => {
  it('what shows it, and not what does not', () => {
    expect(isConcerned('consumption.summary', ['turns'])).toBe(true)
    expect(isConcerned('consumption.users', ['grants'])).toBe(true)
    expect(isConcerned('audit.list', ['settings'])).toBe(true)
    expect(isConcerned('audit.list', ['turns', 'limits'])).toBe(false)
    expect(isConcerned('prices.list', ['tokens'])).toBe(false)
  })

  it('of a restore that goes on, where it is followed, and not every panel at each of its steps', () => {
    for (const name of ['restore.list', 'backups.list', 'status.get'])
      expect(isConcerned(name, ['restore'])).toBe(true)
    expect(isConcerned('profiles.list', ['restore'])).toBe(false)
  })
})
