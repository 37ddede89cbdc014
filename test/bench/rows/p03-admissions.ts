import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { openFloor } from '../lib/admission-floor.ts'
import { type LocalWeir, openWeir } from '../lib/local-weir.ts'
import { inTurn } from '../lib/rounds.ts'
import { atLeast, figure, type Row } from '../lib/row.ts'
import { median, medianRatio } from '../lib/stats.ts'

/** Admissions that arrive together; the goal speaks of batches. */
const BATCH = 32
const LARGE_BATCH = 128

/** The core without HTTP. */
export const admissions: Row = {
  id: 'P3',
  title: 'Admissions in process',
  how:
    `The core's \`admit\`, ${BATCH} (and ${LARGE_BATCH}) at once, durable, with everything it does (limits of the profile, reservation row), against one bare prepared ` +
    '`UPDATE … RETURNING` of a counter row at a time, which is its own transaction, on a WAL database with synchronous=NORMAL: not durable, no limits, no reservation. ' +
    `Beside it the least an admission does (it reads user, counters and grants, and writes a reservation and the counters) by bare statements, ${BATCH} in each durable transaction.`,
  run: async (bench) => {
    const { sizes, datasets, folder } = bench
    const weir = await openWeir(await datasets.copy(sizes.ledgers[0], { lifted: true }))
    const bare = openBare(join(folder.sub('bare'), 'bare.db'), datasets.users)
    const floor = openFloor(await datasets.copy(sizes.ledgers[0], { lifted: true }))
    try {
      const count = sizes.admissionsARound
      await admit(weir, datasets.users, BATCH, count)
      const rates = await inTurn(bench.quiet, sizes.rounds, {
        bare: async () => perSecond(count, () => update(bare, datasets.users, count)),
        floor: async () => perSecond(count, () => floor.admit(datasets.users, BATCH, count)),
        batched: () => perSecond(count, () => admit(weir, datasets.users, BATCH, count)),
        largeBatches: () => perSecond(count, () => admit(weir, datasets.users, LARGE_BATCH, count)),
      })
      const ratio = medianRatio(rates.batched, rates.bare)
      return {
        figures: [
          figure(`admissions, ${BATCH} at once`, '1/s', median(rates.batched), median(rates.bare), { ratio }),
          figure(
            `the least an admission does, bare, ${BATCH} in a transaction`,
            '1/s',
            median(rates.floor),
            median(rates.bare),
            { ratio: medianRatio(rates.floor, rates.bare) },
          ),
          figure(
            `admissions, ${BATCH} at once, beside the least they do`,
            '1/s',
            median(rates.batched),
            median(rates.floor),
            { ratio: medianRatio(rates.batched, rates.floor) },
          ),
          figure(
            `admissions, ${LARGE_BATCH} at once`,
            '1/s',
            median(rates.largeBatches),
            median(rates.bare),
            {
              ratio: medianRatio(rates.largeBatches, rates.bare),
            },
          ),
        ],
        verdicts: [atLeast('durable batched admissions ÷ bare prepared statement on NORMAL: ≥ 1', ratio, 1)],
      }
    } finally {
      floor.close()
      bare.close()
      await weir.close()
    }
  },
}

async function perSecond(count: number, work: () => void | Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (count * 1000) / (performance.now() - start)
}

async function admit(weir: LocalWeir, users: readonly string[], batch: number, count: number): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    const answers = await Promise.all(
      Array.from({ length: batch }, (_, index) =>
        weir.consumption.admit({
          user_id: users[(from + index) % users.length] ?? '',
          session_id: 'live',
          estimated_input_tokens: 1200,
          estimated_output_tokens: 300,
        }),
      ),
    )
    if (answers.some((answer) => answer.kind !== 'allowed'))
      throw new Error('a check of the benchmark was refused')
  }
}

function openBare(file: string, users: readonly string[]): BetterSqlite3.Database {
  const handle = new BetterSqlite3(file)
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = NORMAL')
  handle.exec(
    'create table counters (user_id text primary key, hour_requests integer not null, day_requests integer not null) strict',
  )
  const insert = handle.prepare('insert into counters values (?, 0, 0)')
  handle.transaction(() => users.forEach((user) => void insert.run(user)))()
  return handle
}

function update(handle: BetterSqlite3.Database, users: readonly string[], count: number): void {
  const statement = handle.prepare(
    `update counters set hour_requests = hour_requests + 1, day_requests = day_requests + 1
      where user_id = ? and hour_requests < 1000000000 returning hour_requests, day_requests`,
  )
  for (let index = 0; index < count; index += 1) statement.get(users[index % users.length])
}
