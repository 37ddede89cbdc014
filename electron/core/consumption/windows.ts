import {
  dayWindow,
  hourWindow,
  monthWindow,
  type Period,
  periodOf,
  type TimeWindow,
} from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'

/** The windows an instant lies in, all of one billing zone. */
export interface Windows {
  readonly zone: string
  readonly now: EpochMs
  readonly hour: TimeWindow
  readonly day: TimeWindow
  readonly month: TimeWindow
  /** The month as the database has it: 202611. */
  readonly period: number
}

let memo: Windows | undefined

/** The windows of an instant; remembered for the hour it lies in, because every request asks for them. */
export function windowsAt(zone: string, now: EpochMs): Windows {
  const last = memo
  if (last?.zone === zone && now >= last.hour.startsAt && now < last.hour.endsAt) {
    return { ...last, now }
  }
  const windows: Windows = {
    zone,
    now,
    hour: hourWindow(zone, now),
    day: dayWindow(zone, now),
    month: monthWindow(zone, now),
    period: periodNumber(periodOf(zone, now)),
  }
  memo = windows
  return windows
}

/** `2026-11` as the database stores it: 202611. */
export function periodNumber(period: Period): number {
  return Number(period.slice(0, 4)) * 100 + Number(period.slice(5, 7))
}

/** The month before one: 202601 → 202512. */
export function periodBefore(period: number): number {
  return period % 100 === 1 ? period - 89 : period - 1
}

/** 202611 as people read it: `2026-11`. */
export function periodText(period: number): Period {
  return `${String(Math.floor(period / 100)).padStart(4, '0')}-${String(period % 100).padStart(2, '0')}`
}
