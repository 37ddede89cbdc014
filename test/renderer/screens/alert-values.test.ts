import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  minuteOf,
  thresholdFields,
  thresholdsOf,
  timeOf,
} from '../../../renderer/screens/settings/alert-values.ts'
import { announceSeed } from '../../support/random.ts'

const seed = announceSeed('alert settings')

test('thresholds are saved ascending and each once, however they were typed', () => {
  expect(thresholdsOf([95, '', 50])).toEqual([50, 95])
  expect(thresholdsOf([90, 90, 90])).toEqual([90])
  expect(thresholdsOf(['', '', ''])).toEqual([])
  expect(thresholdFields([80])).toEqual([80, '', ''])
})

test('every minute of the day survives the time field, and a time that is none is no minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1439 }), (minute) => minuteOf(timeOf(minute)) === minute),
    { seed },
  )
  expect(['', '24:00', '7:5', '12:60'].map(minuteOf)).toEqual([undefined, undefined, undefined, undefined])
})
