import { expect, test } from 'vitest'
import { notesOf } from '../../electron/shell/notes.ts'

const alert = (title: string) => ({ title, detail: 'Look.', link: `/${title}` })

test('up to three alerts are told one by one, each with the way to it', () => {
  expect(notesOf(['a', 'b', 'c'].map(alert))).toEqual([
    { title: 'a', body: 'Look.', link: '/a' },
    { title: 'b', body: 'Look.', link: '/b' },
    { title: 'c', body: 'Look.', link: '/c' },
  ])
  expect(notesOf([])).toEqual([])
})

test('more than three at once are told in one', () => {
  const notes = notesOf(['a', 'b', 'c', 'd'].map(alert))
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatchObject({ title: '4 new alerts', body: expect.stringContaining('a, and 3 more') })
})
