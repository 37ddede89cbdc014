// Opens a data folder, ending what was interrupted there, and closes it again.
// node test/faults/opener.ts <data folder>
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createWeir } from '../../electron/core/weir.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, SYSTEM_CLOCK } from '../support/weir.ts'

const [dataDir = ''] = process.argv.slice(2)
const weir = await createWeir(configOf(dataDir), {
  clock: SYSTEM_CLOCK,
  log: recordingLog(),
  randomBytes: (bytes) => randomBytes(bytes),
})
writeSync(1, 'open\n')
await weir.close()
