// Restores a backup while turns are recorded, and says on stdout what was recorded and how far it is, until it is killed.
// node test/faults/restore-worker.ts <data folder> <backup> <session>
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createWeir } from '../../electron/core/weir.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import { ATLAS } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'

const [dataDir = '', backupId = '', session = ''] = process.argv.slice(2)
const CALLER = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null } as const
/** Past any buffer of this process: what the parent reads was said before the kill. */
const say = (line: string) => void writeSync(1, `${line}\n`)

const weir = await createWeir(configOf(dataDir), {
  clock: SYSTEM_CLOCK,
  log: recordingLog(),
  randomBytes: (bytes) => randomBytes(bytes),
})
const { run_id } = weir.restores.start({ backup_id: backupId, confirm: true }, OPERATOR)
say('started')

let isOver = false
async function record(): Promise<void> {
  for (let turn = 1; !isOver; ) {
    const figures = { ...ATLAS, input_tokens: turn, output_tokens: 7 }
    const input = { user_id: 'user-1', session_id: session, turn_number: turn, ...figures }
    const answer = await dispatchToAnswer(weir, 'turns.record', input, CALLER)
    if (answer.ok) {
      say(`ack ${session} ${turn}`)
      turn += 1
    } else if (answer.problem.code !== 'restoring') throw new Error(answer.problem.detail)
    await pause(3)
  }
}

const recording = record()
const run = await weir.restores.finished(run_id)
isOver = true
await recording
say(`ended ${run.status}`)
await weir.close()
