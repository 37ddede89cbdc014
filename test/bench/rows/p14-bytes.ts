import { join } from 'node:path'
import { withDatabase } from '../lib/ledger-builder.ts'
import { atMost, type Figure, figure, type Row } from '../lib/row.ts'
import { millionLedger } from '../lib/sizes.ts'

/** Tables and indexes worth a line each. */
const LARGEST_SHOWN = 8

/** Room the ledger takes. */
export const databaseBytes: Row = {
  id: 'P14',
  title: 'Database bytes a turn',
  how:
    'Pages times page size of the closed database, divided by the turns; roll-ups, indexes, sessions, archive and a preview of each question included. Sessions of eight turns on average, imported user by user; ' +
    'beside it the same written in the order of time (as a platform in use does), and with two turns a session (as in short conversations), where the rows of the sessions weigh more.',
  run: async (bench) => {
    const { sizes, datasets } = bench
    const turns = millionLedger(sizes)
    const [small] = sizes.ledgers
    const large = bytesATurn(await datasets.of(turns), turns)
    const byTime = await datasets.build({ ...datasets.specOf(small), order: 'by time' })
    const short = await datasets.build({ ...datasets.specOf(small), turnsASession: 2 })
    const smallBytes = bytesATurn(await datasets.of(small), small).total
    return {
      figures: [
        figure(`with ${turns} turns ÷ with ${small}`, 'bytes/turn', large.total, smallBytes),
        ...large.parts,
        figure(
          `${small} turns in the order of time ÷ user by user`,
          'bytes/turn',
          bytesATurn(byTime, small).total,
          smallBytes,
        ),
        figure(
          `${small} turns, two a session ÷ eight`,
          'bytes/turn',
          bytesATurn(short, small).total,
          smallBytes,
        ),
      ],
      verdicts: [
        atMost(`database bytes a turn with ${turns} turns, everything included: ≤ 300`, large.total, 300),
      ],
    }
  },
}

function bytesATurn(dataDir: string, turns: number): { readonly total: number; readonly parts: Figure[] } {
  return withDatabase(join(dataDir, 'auth.db'), (handle) => {
    const pages = Number(handle.pragma('page_count', { simple: true }))
    const pageBytes = Number(handle.pragma('page_size', { simple: true }))
    const rows = handle
      .prepare<[number], { name: string; bytes: number }>(
        'select name, pgsize as bytes from dbstat where aggregate = true order by pgsize desc limit ?',
      )
      .all(LARGEST_SHOWN)
    return {
      total: (pages * pageBytes) / turns,
      parts: rows.map((row) => figure(`of these in ${row.name}`, 'bytes/turn', row.bytes / turns)),
    }
  })
}
