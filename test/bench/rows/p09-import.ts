import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { LedgerBuilder } from '../lib/ledger-builder.ts'
import { atLeast, type Bench, figure, type Measured, type Row } from '../lib/row.ts'
import { millionLedger } from '../lib/sizes.ts'
import { median, medianRatio } from '../lib/stats.ts'

/** Pieces the ledger is built in, product and reference in turn. */
const PIECES = 20

/** Rows of one transaction: as many as the product writes in one. */
const ROWS_A_TRANSACTION = 100

/** Bringing turns into the ledger. */
export const ledgerImport: Row = {
  id: 'P9',
  title: 'Importing turns into the ledger',
  how:
    "The ledger's share of an import (`importSessions`, a hundred turns a transaction, durable): prices, sessions, counters, six roll-ups, idempotence. Reference: the very rows it wrote, " +
    'inserted by a prepared statement into the same table with the same indexes, a hundred a transaction, synchronous=FULL, and nothing else. In twenty pieces, in turn; both databases grow alike. ' +
    'Sessions come user by user, as from files.',
  run: async (bench) => {
    const turns = millionLedger(bench.sizes)
    const dataDir = bench.folder.sub('import')
    const builder = await LedgerBuilder.open(dataDir, bench.datasets.specOf(turns))
    const bare = new BareLedger(join(bench.folder.sub('bare'), 'bare.db'), builder.databaseFile)
    try {
      const measured = await measure(bench, builder, bare, turns)
      await builder.finish()
      bench.datasets.adopt(turns, dataDir)
      return measured
    } finally {
      bare.close()
    }
  },
}

async function measure(
  bench: Bench,
  builder: LedgerBuilder,
  bare: BareLedger,
  turns: number,
): Promise<Measured> {
  const ours: number[] = []
  const theirs: number[] = []
  let rows = 0
  for (;;) {
    // Outside-turns rows come on top of the turns; the last piece is what is left.
    const { piece, ms } = await bench.quiet.once(async () => {
      const imported = await builder.import(turns / PIECES)
      return { piece: imported, ms: bare.insertNew() }
    })
    if (piece.rows === 0) break
    rows += piece.rows
    // A short rest at the end would count as much as a whole piece.
    if (piece.rows < turns / PIECES) break
    ours.push((piece.rows * 1000) / piece.ms)
    theirs.push((piece.rows * 1000) / ms)
    bench.say(`${rows} rows: ${Math.round(ours.at(-1) ?? 0)} / ${Math.round(theirs.at(-1) ?? 0)} rows/s`)
  }
  const ratio = medianRatio(ours, theirs)
  const [first = 0, last = 0] = [ours[0], ours.at(-1)]
  return {
    figures: [
      figure(`rows into a ledger of ${turns} turns`, 'rows/s', median(ours), median(theirs), { ratio }),
      figure('the last piece ÷ the first', 'rows/s', last, first, {
        note: 'how it slows down as the ledger grows',
      }),
    ],
    verdicts: [atLeast('import ÷ bare batched inserts of the same rows: ≥ 0.3', ratio, 0.3)],
  }
}

/** The turns alone, in a database of their own. */
class BareLedger {
  readonly #handle: BetterSqlite3.Database
  readonly #source: BetterSqlite3.Database
  readonly #insert: BetterSqlite3.Statement<unknown[]>
  #lastId = 0

  constructor(file: string, sourceFile: string) {
    this.#source = new BetterSqlite3(sourceFile, { readonly: true })
    this.#handle = new BetterSqlite3(file)
    this.#handle.pragma('journal_mode = WAL')
    this.#handle.pragma('synchronous = FULL')
    // The tables it refers to are not there.
    this.#handle.pragma('foreign_keys = OFF')
    const schema = this.#source
      .prepare<[], { sql: string }>(
        `select sql from sqlite_schema where tbl_name = 'consumption_turns' and sql is not null and type in ('table', 'index')`,
      )
      .all()
    for (const { sql } of schema) this.#handle.exec(sql)
    const columns = this.#source.prepare('select * from consumption_turns limit 0').columns()
    this.#insert = this.#handle.prepare(
      `insert into consumption_turns values (${columns.map(() => '?').join(', ')})`,
    )
  }

  /** Inserts what the product has written since the last call; answers the milliseconds inserting took. */
  insertNew(): number {
    const rows = this.#source
      .prepare<[number], unknown[]>('select * from consumption_turns where id > ? order by id')
      .raw()
      .all(this.#lastId)
    this.#lastId = Number(rows.at(-1)?.[0] ?? this.#lastId)
    const insertAll = this.#handle.transaction((some: readonly unknown[][]) => {
      for (const row of some) this.#insert.run(...row)
    })
    const start = performance.now()
    for (let from = 0; from < rows.length; from += ROWS_A_TRANSACTION)
      insertAll(rows.slice(from, from + ROWS_A_TRANSACTION))
    return performance.now() - start
  }

  close(): void {
    this.#source.close()
    this.#handle.close()
  }
}
