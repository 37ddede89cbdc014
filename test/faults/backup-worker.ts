// Makes one backup after the other while turns are recorded, and says which were made, until it is killed.
// node test/faults/backup-worker.ts <data folder>
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createWeir } from '../../electron/core/weir.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'

const [dataDir = ''] = process.argv.slice(2)
const weir = await createWeir(configOf(dataDir), {
  clock: SYSTEM_CLOCK,
  log: recordingLog(),
  randomBytes: (bytes) => randomBytes(bytes),
})
if ((await weir.users.list({ search: 'alice' })).total_count === 0)
  await weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
const session_id = `session-${process.pid}`
void (async () => {
  for (let turn_number = 1; ; turn_number += 1) {
    await weir.consumption.recordTurn(turnInput({ user_id: 'alice', session_id, turn_number }))
    await pause(2)
  }
})()
writeSync(1, 'ready\n')
for (;;) {
  // Of a reason whose backups nothing removes: what was said to be made is looked for afterwards.
  const { id } = await weir.backups.create({ reason: 'before-migration' }, OPERATOR)
  writeSync(1, `made ${id}\n`)
}
