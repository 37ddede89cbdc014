import { type LocalWeir, openWeir } from '../lib/local-weir.ts'
import { atMost, figure, type Row } from '../lib/row.ts'
import { writeSessionFiles } from '../lib/session-files.ts'
import { largestLedger } from '../lib/sizes.ts'

const OPERATOR = { name: 'bench', via: 'start' } as const
/** Recorded after the backup: what a restore carries over. */
const NEWER_TURNS = 1_000
/** Session files that no database knows: what a restore replays. */
const FILES_SHARE = 0.2
const WHOLE_MS_MAX = 15_000
const FENCED_MS_MAX = 5_000

/** Going back to a backup. */
export const restore: Row = {
  id: 'P15',
  title: 'Restore',
  how:
    'The core in this process over the ledger; a backup, a thousand turns recorded since, and session files that neither holds. Then the backup is restored as an operator does it: proved, a backup of now made and proved, copied, ' +
    'the newer turns carried over, the files replayed, everybody fenced, all sums added up again, every sum verified, the databases exchanged, the files read once more. Times are those of the report the operator sees.',
  run: async (bench) => {
    const turns = Math.min(bench.sizes.restoreTurns, largestLedger(bench.sizes))
    const dataDir = await bench.datasets.copy(turns, { lifted: true })
    const sessions = bench.folder.sub('restored-sessions')
    const files = Math.round(bench.sizes.sessionFiles * FILES_SHARE)
    writeSessionFiles(sessions, { files, users: Math.min(bench.sizes.users, 100) })
    const weir = await openWeir(dataDir, sessions)
    try {
      const { id } = await weir.backups.create({ reason: 'manual' }, OPERATOR)
      await recordNewer(weir, bench.datasets.users)
      const run = await bench.quiet.once(async () => {
        const { run_id } = weir.restores.start({ backup_id: id, confirm: true }, OPERATOR)
        return weir.restores.finished(run_id)
      })
      if (run.status !== 'done' || run.fenced_ms === null)
        throw new Error(`the restore of the benchmark ended ${run.status}: ${run.error?.detail}`)
      const { differences } = await weir.verify()
      if (differences.length > 0) throw new Error(`the restored books have ${differences.length} differences`)
      const wholeMs = between(run.started_at, run.finished_at)
      return {
        figures: [
          figure(`restore of ${turns} turns, all of it`, 'ms', wholeMs),
          figure('of this without an answer to checks and records', 'ms', run.fenced_ms),
          ...run.steps.map(({ step, started_at, finished_at, figures }) =>
            figure(`step ${step}`, 'ms', between(started_at, finished_at), null, { note: inWords(figures) }),
          ),
        ],
        verdicts: [
          atMost(`restore of ${turns} turns: ≤ ${WHOLE_MS_MAX} ms`, wholeMs, WHOLE_MS_MAX),
          atMost(`… of it fenced: ≤ ${FENCED_MS_MAX} ms`, run.fenced_ms, FENCED_MS_MAX),
        ],
      }
    } finally {
      await weir.close()
    }
  },
}

async function recordNewer(weir: LocalWeir, users: readonly string[]): Promise<void> {
  const turns = Array.from({ length: NEWER_TURNS }, (_, index) => index)
  await Promise.all(
    turns.map((index) =>
      weir.consumption.recordTurn({
        user_id: users[index % users.length] ?? '',
        session_id: `newer-${index % users.length}`,
        turn_number: Math.floor(index / users.length) + 1,
        provider: 'Google',
        model: 'gemini-2.0-flash',
        input_tokens: 1_200,
        output_tokens: 300,
      }),
    ),
  )
}

/** Milliseconds between two times of a report; a step that was not reached has none. */
function between(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : Date.parse(to) - Date.parse(from)
}

function inWords(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ')
}
