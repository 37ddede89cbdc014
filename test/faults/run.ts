// npm run test:faults: the fault tests and the random histories at the sizes that find what is rare. Half an hour to an hour.
// node test/faults/run.ts [--cycles 200] [--histories 2000] [--injuries 200] [--days 1096] [--rollovers 50]
//   [--restores 300] [--flips 2000] [--cuts 200] [--synced 500] [--backup-kills 100] [--restore-kills 100] [--upgrade-kills 100] [--log-rounds 400]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '200' },
    histories: { type: 'string', default: '2000' },
    injuries: { type: 'string', default: '200' },
    days: { type: 'string', default: '1096' },
    rollovers: { type: 'string', default: '50' },
    restores: { type: 'string', default: '300' },
    flips: { type: 'string', default: '2000' },
    cuts: { type: 'string', default: '200' },
    synced: { type: 'string', default: '500' },
    'backup-kills': { type: 'string', default: '100' },
    'restore-kills': { type: 'string', default: '100' },
    'upgrade-kills': { type: 'string', default: '100' },
    'log-rounds': { type: 'string', default: '400' },
  },
})
/** Hundreds of processes and threads load the same sources; translated once they start in half the time. */
const compiled = mkdtempSync(join(tmpdir(), 'weir-compiled-'))
const root = resolve(import.meta.dirname, '../..')
const vitest = resolve(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/faults/vitest.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: compiled,
    WEIR_KILL_CYCLES: values.cycles,
    WEIR_HISTORIES: values.histories,
    WEIR_INJURIES: values.injuries,
    WEIR_SIMULATED_DAYS: values.days,
    WEIR_ROLLOVER_KILLS: values.rollovers,
    WEIR_RESTORES: values.restores,
    WEIR_RESTORE_PAIRS_STEP: '1',
    WEIR_BACKUP_FLIPS: values.flips,
    WEIR_BACKUP_CUTS: values.cuts,
    WEIR_SYNCED_TURNS: values.synced,
    WEIR_BACKUP_KILLS: values['backup-kills'],
    WEIR_RESTORE_KILLS: values['restore-kills'],
    WEIR_UPGRADE_KILLS: values['upgrade-kills'],
    WEIR_LOG_SOAK: values['log-rounds'],
  },
})
rmSync(compiled, { recursive: true, force: true })
process.exitCode = status ?? 1
