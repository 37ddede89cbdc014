import { describe, expect, it } from 'vitest'
import { type QueryLike, type QueryMemory, remember } from '../../../renderer/components/settled-query.ts'
import { problem } from '../app/fake-weir.tsx'

const NOTHING: QueryMemory<string> = { identity: 'alice', data: undefined, dataAt: 0, failure: null }

function query(state: Partial<QueryLike<string>>): QueryLike<string> {
  return {
    data: undefined,
    error: null,
    isFetching: false,
    isPlaceholderData: false,
    dataUpdatedAt: 0,
    errorUpdatedAt: 0,
    refetch: () => undefined,
    ...state,
  }
}

describe('what is remembered of a query', () => {
  const good = remember(NOTHING, query({ data: 'figures', dataUpdatedAt: 100 }), 'alice')

  it('is the last good answer, also while newer ones fail', () => {
    const failed = remember(
      good,
      query({ error: problem('storage_unavailable'), errorUpdatedAt: 200 }),
      'alice',
    )
    expect(failed).toMatchObject({ data: 'figures', dataAt: 100, failure: { since: 200 } })
  })

  it('keeps the time of the first failure in a row, and forgets it with the next good answer', () => {
    const first = remember(
      good,
      query({ error: problem('storage_unavailable'), errorUpdatedAt: 200 }),
      'alice',
    )
    const second = remember(first, query({ error: problem('internal'), errorUpdatedAt: 300 }), 'alice')
    expect(second.failure).toMatchObject({ since: 200, problem: { code: 'internal' } })
    const healed = remember(second, query({ data: 'newer', dataUpdatedAt: 400 }), 'alice')
    expect(healed).toEqual({ identity: 'alice', data: 'newer', dataAt: 400, failure: null })
  })

  it('does not take a retry under way for a cure', () => {
    const failed = remember(NOTHING, query({ error: problem('internal'), errorUpdatedAt: 200 }), 'alice')
    expect(remember(failed, query({ isFetching: true }), 'alice')).toBe(failed)
  })

  it('is nothing for somebody else, so that one user never shows under the name of another', () => {
    expect(remember(good, query({ isFetching: true }), 'bob')).toEqual({ ...NOTHING, identity: 'bob' })
  })

  it('is the same object when nothing changed, or rendering would never end', () => {
    expect(remember(good, query({ data: 'figures', dataUpdatedAt: 100 }), 'alice')).toBe(good)
    const error = problem('internal')
    const failed = remember(good, query({ error, errorUpdatedAt: 200 }), 'alice')
    expect(remember(failed, query({ error, errorUpdatedAt: 200 }), 'alice')).toBe(failed)
  })
})
