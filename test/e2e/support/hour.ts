import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@playwright/test'
import { HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'

/** What a test needs at most between filling the counters of the hour and looking at them. */
const ROOM_MS = 1.5 * MINUTE_MS

/** Waits for the next hour when this one is about to end: its counters must not begin again under a test's hands. */
export async function roomInHour(): Promise<void> {
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS)
  if (leftMs < ROOM_MS) {
    test.slow()
    await sleep(leftMs)
  }
}
