// Records turns over a data folder until it is killed, and says on stdout what it was told is recorded.
// node test/faults/recorder.ts <data folder> <session> <how many at once> [<how many turns>]
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createWeir } from '../../electron/core/weir.ts'
import { ATLAS } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'

const [dataDir = '', session = '', atOnce = '1', count = 'Infinity'] = process.argv.slice(2)
const USER = 'alice'

/** Past any buffer of this process: what the parent reads was said before the kill. */
const say = (line: string) => void writeSync(1, `${line}\n`)

const weir = await createWeir(configOf(dataDir), {
  clock: SYSTEM_CLOCK,
  log: recordingLog(),
  randomBytes: (bytes) => randomBytes(bytes),
})
if ((await weir.users.list({ search: USER })).total_count === 0)
  await weir.users.create({ id: USER, username: USER }, OPERATOR)
say('ready')

let next = 0
async function record(): Promise<void> {
  while (next < Number(count)) {
    next += 1
    const turn = next
    const check = await weir.consumption.admit({
      user_id: USER,
      estimated_input_tokens: 10,
      estimated_output_tokens: 10,
    })
    const admission = check.kind === 'allowed' ? check.answer.admission_id : null
    const recorded = await weir.consumption.recordTurn({
      user_id: USER,
      session_id: session,
      turn_number: turn,
      ...ATLAS,
      input_tokens: turn % 1_000,
      output_tokens: 7,
      ...(admission !== null && { admission_id: admission }),
    })
    say(`ack ${session} ${recorded.turn.turn_number} ${recorded.turn.input_tokens}`)
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, record))
await weir.close()
say('done')
