import { fireEvent, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { capsOf } from '../../../renderer/app/keystroke.ts'
import { singleKeysEnabled, useShortcut, useShortcuts } from '../../../renderer/app/shortcuts.tsx'

afterEach(() => singleKeysEnabled.set(true))

interface KeyProps {
  readonly keys: string | readonly string[]
  readonly run: () => void
  readonly inDialogs?: boolean
}

function Key({ keys, run, inDialogs = false }: KeyProps): ReactNode {
  useShortcut(keys, run, `does ${String(keys)}`, { inDialogs })
  return null
}

function List(): ReactNode {
  return (
    <output>
      {useShortcuts()
        .map((shortcut) => shortcut.keys)
        .join(' | ')}
    </output>
  )
}

describe('a shortcut', () => {
  it('runs on its key and says that the key is taken', () => {
    const run = vi.fn()
    render(<Key keys="t" run={run} />)
    // fireEvent answers false when the default was prevented.
    expect(fireEvent.keyDown(document.body, { key: 't' })).toBe(false)
    expect(run).toHaveBeenCalledOnce()
  })

  it('of two letters runs after both, in order, and not after a wrong one', () => {
    const run = vi.fn()
    render(<Key keys="g d" run={run} />)
    for (const key of ['d', 'g', 'x', 'd']) fireEvent.keyDown(document.body, { key })
    expect(run).not.toHaveBeenCalled()
    for (const key of ['g', 'd']) fireEvent.keyDown(document.body, { key })
    expect(run).toHaveBeenCalledOnce()
  })

  it('of a single key never fires while somebody types, with Ctrl it does', () => {
    const single = vi.fn()
    const chord = vi.fn()
    const { getByRole } = render(
      <>
        <Key keys="t" run={single} />
        <Key keys={['F5', 'mod+r']} run={chord} />
        <input />
      </>,
    )
    fireEvent.keyDown(getByRole('textbox'), { key: 't' })
    expect(single).not.toHaveBeenCalled()
    fireEvent.keyDown(getByRole('textbox'), { key: 'r', ctrlKey: true })
    fireEvent.keyDown(getByRole('textbox'), { key: 'F5' })
    expect(chord).toHaveBeenCalledTimes(2)
  })

  it('of a single key can be switched off; those with Ctrl stay', () => {
    const single = vi.fn()
    const chord = vi.fn()
    render(
      <>
        <Key keys="?" run={single} />
        <Key keys="mod+k" run={chord} />
      </>,
    )
    singleKeysEnabled.set(false)
    fireEvent.keyDown(document.body, { key: '?', shiftKey: true })
    fireEvent.keyDown(document.body, { key: 'k', metaKey: true })
    expect(single).not.toHaveBeenCalled()
    expect(chord).toHaveBeenCalledOnce()
  })

  it('does not reach behind an open dialog unless it says so', () => {
    const behind = vi.fn()
    const inside = vi.fn()
    render(
      <>
        <Key keys="t" run={behind} />
        <Key keys="]" run={inside} inDialogs />
        <div role="dialog" aria-modal="true" />
      </>,
    )
    fireEvent.keyDown(document.body, { key: 't' })
    fireEvent.keyDown(document.body, { key: ']' })
    expect(behind).not.toHaveBeenCalled()
    expect(inside).toHaveBeenCalledOnce()
  })

  it('registered last wins, and gives the key back when it goes', () => {
    const first = vi.fn()
    const last = vi.fn()
    const tree = (isOpen: boolean): ReactNode => (
      <>
        <Key keys="t" run={first} />
        {isOpen && <Key keys="t" run={last} />}
      </>
    )
    const { rerender } = render(tree(true))
    fireEvent.keyDown(document.body, { key: 't' })
    rerender(tree(false))
    fireEvent.keyDown(document.body, { key: 't' })
    expect(last).toHaveBeenCalledOnce()
    expect(first).toHaveBeenCalledOnce()
  })

  it('is in the list while it is in force', () => {
    const tree = (isShown: boolean): ReactNode => (
      <>
        {isShown && <Key keys={['g d', 'mod+1']} run={() => {}} />}
        <List />
      </>
    )
    const { getByRole, rerender } = render(tree(true))
    expect(getByRole('status').textContent).toBe('g d | mod+1')
    rerender(tree(false))
    expect(getByRole('status').textContent).toBe('')
  })

  it('leaves Shift to letters: ? needs it, T is not t', () => {
    const run = vi.fn()
    render(<Key keys="t" run={run} />)
    fireEvent.keyDown(document.body, { key: 'T', shiftKey: true })
    expect(run).not.toHaveBeenCalled()
  })
})

describe('keys in print', () => {
  it('are those of the keyboard in front of the operator', () => {
    expect(capsOf('mod+k', false)).toEqual([['Ctrl', 'K']])
    expect(capsOf('mod+shift+e', true)).toEqual([['⌘', '⇧', 'E']])
    expect(capsOf('g d', false)).toEqual([['G'], ['D']])
  })
})
