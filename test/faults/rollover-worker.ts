// Opens a data folder a few hours after the month has ended and catches up what was missed, until it is killed or done.
// node test/faults/rollover-worker.ts <data folder> <now>
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { SYSTEM_TIMERS } from '../../electron/core/kernel/system-timers.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf } from '../support/weir.ts'

const [dataDir = '', now = ''] = process.argv.slice(2)
const startedMs = performance.now()
const say = (line: string) => void writeSync(1, `${line}\n`)

const weir = await createWeir(configOf(dataDir), {
  clock: {
    now: () => Math.round(Date.parse(now) + performance.now() - startedMs),
    monotonicMs: () => performance.now(),
  },
  log: recordingLog(),
  randomBytes: (bytes) => randomBytes(bytes),
  timers: SYSTEM_TIMERS,
})
weir.jobs.start()
say('started')
let isRolling = false
for (;;) {
  const { job } = await weir.jobs.get({ job: 'monthly' })
  if (!isRolling && job.running?.phase?.startsWith('Rolling over')) {
    isRolling = true
    say('rolling')
  }
  if (job.last_run !== null && job.last_run.finished_at !== null) {
    say(`ended ${job.last_run.status} ${job.last_run.attempts}`)
    break
  }
  await pause(1)
}
await weir.close()
say('done')
