import { describe, expect, test } from 'vitest'
import { answerOf, type CloseBox, closeQuestion } from '../../electron/shell/close-question.ts'

const boxOf = (hasTray: boolean): CloseBox => {
  const question = closeQuestion('ask', hasTray)
  if (question.kind !== 'box') throw new Error('Nothing was asked')
  return question
}

const press = (box: CloseBox, label: string, isChecked = false) =>
  answerOf(box, box.buttons.indexOf(label), isChecked)

describe('closing the window', () => {
  test('asks once where there is a tray, and what was chosen is remembered', () => {
    const box = boxOf(true)
    expect(press(box, 'Keep Running in the Tray')).toEqual({ answer: 'tray', remember: 'tray' })
    expect(press(box, 'Quit')).toEqual({ answer: 'quit', remember: 'quit' })
    expect(closeQuestion('tray', true)).toEqual({ kind: 'settled', answer: 'tray' })
    expect(closeQuestion('quit', true)).toEqual({ kind: 'settled', answer: 'quit' })
  })

  test('says where there is no tray that limits are not held any more, each time until told not to', () => {
    const box = boxOf(false)
    expect(box.detail).toContain('limits are no longer held')
    expect(press(box, 'Quit')).toEqual({ answer: 'quit', remember: null })
    expect(press(box, 'Quit', true)).toEqual({ answer: 'quit', remember: 'quit' })
    expect(closeQuestion('quit', false)).toEqual({ kind: 'settled', answer: 'quit' })
  })

  test('never hides the window where no tray could bring it back, even when that was chosen on another desktop', () => {
    expect(closeQuestion('tray', false)).toEqual(boxOf(false))
  })

  test('turned down with Escape or Cancel leaves the window and remembers nothing', () => {
    for (const box of [boxOf(true), boxOf(false)]) {
      expect(answerOf(box, box.cancelId, true)).toEqual({ answer: 'stay', remember: null })
      expect(press(box, 'Cancel', true)).toEqual({ answer: 'stay', remember: null })
    }
  })
})
