import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Notice } from '../../../renderer/components/notice.tsx'
import { Panel, QueryPanel } from '../../../renderer/components/panel.tsx'
import type { SettledQuery } from '../../../renderer/components/settled-query.ts'
import { problem } from '../app/fake-weir.tsx'
import { renderPart } from './render.tsx'

const LOADING: SettledQuery<number> = {
  data: undefined,
  dataAt: 0,
  failure: null,
  isRefreshing: false,
  retry: () => {},
}

function panel(query: SettledQuery<number>) {
  return (
    <QueryPanel title="Turns" query={query} skeleton={<span>shape</span>}>
      {(turns) => <b>{turns} turns</b>}
    </QueryPanel>
  )
}

describe('a panel', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('shows nothing for 150 ms and then the shape of what is coming', () => {
    renderPart(panel(LOADING))
    act(() => vi.advanceTimersByTime(149))
    expect(screen.queryByText('shape')).toBeNull()
    act(() => vi.advanceTimersByTime(1))
    expect(screen.getByRole('status', { name: 'Loading' }).textContent).toBe('shape')
  })

  it('shows zero as a figure', () => {
    renderPart(panel({ ...LOADING, data: 0, dataAt: Date.now() }))
    expect(screen.getByText('0 turns')).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('keeps the old figures under a bar while newer ones come', () => {
    renderPart(panel({ ...LOADING, data: 7, dataAt: Date.now(), isRefreshing: true }))
    expect(screen.getByText('7 turns')).toBeTruthy()
    expect(screen.getByRole('progressbar', { name: 'Refreshing' })).toBeTruthy()
  })

  it('says what failed and since when, and offers a way on', () => {
    const retry = vi.fn()
    const failure = { problem: problem('storage_unavailable', 'The file is locked.'), since: Date.now() }
    renderPart(panel({ ...LOADING, failure, retry }))
    const alert = screen.getByRole('alert').textContent
    expect(alert).toContain('Database cannot be used')
    expect(alert).toContain('The file is locked.')
    expect(alert).toMatch(/Not working since \d\d:\d\d:\d\d/)
    expect(alert).not.toContain('What you see below')
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    expect(retry).toHaveBeenCalledOnce()
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeTruthy()
  })

  it('leaves the last good figures greyed with their age when a refresh fails', () => {
    const failure = { problem: problem('internal'), since: Date.now() }
    renderPart(panel({ ...LOADING, data: 7, dataAt: Date.now() - 180_000, failure }))
    expect(screen.getByRole('alert').textContent?.replaceAll('\u00a0', ' ')).toContain('from 3 min ago')
    expect(screen.getByText('7 turns').closest('[data-stale]')).not.toBeNull()
  })

  it('tells no data yet, with the way to get some, apart from all of these', () => {
    renderPart(
      <Panel title="Turns">
        <Notice icon={null} title="No turns yet" actions={<button type="button">Connect</button>} />
      </Panel>,
    )
    expect(screen.getByText('No turns yet')).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.queryByText('0 turns')).toBeNull()
  })

  it('keeps a fault in drawing to itself and draws again when asked', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    let isBroken = true
    function Part() {
      if (isBroken) throw new Error('broken part')
      return <span>mended</span>
    }
    renderPart(
      <>
        <Panel title="One">
          <Part />
        </Panel>
        <Panel title="Two">still here</Panel>
      </>,
    )
    expect(screen.getByRole('alert').textContent).toContain('has a fault')
    expect(screen.getByText('still here')).toBeTruthy()
    isBroken = false
    fireEvent.click(screen.getByRole('button', { name: 'Draw again' }))
    expect(screen.getByText('mended')).toBeTruthy()
    vi.restoreAllMocks()
  })
})
