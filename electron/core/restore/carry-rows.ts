import type BetterSqlite3 from 'better-sqlite3'

/**
 * Copying rows from the database of now, attached as `live`, into the prepared one, `main`. Both number their rows by
 * themselves, so references are translated: `temp.user_map` and its like say which number here stands for which there.
 */

/** Tables whose numbers are translated: the column that refers to them, and the map. */
const MAPPED = {
  user_key: 'user_map',
  session_key: 'session_map',
  model_key: 'model_map',
  consumption_profile_id: 'profile_map',
} as const

/** The maps, emptied. */
export function makeMaps(handle: BetterSqlite3.Database): void {
  for (const map of Object.values(MAPPED)) {
    handle.exec(`drop table if exists temp.${map}`)
    handle.exec(`create temp table ${map} (live INTEGER PRIMARY KEY, here INTEGER NOT NULL)`)
  }
}

/** Columns both databases have, without those left out. */
export function sharedColumns(
  handle: BetterSqlite3.Database,
  table: string,
  without: readonly string[] = [],
): readonly string[] {
  const of = (schema: string) =>
    handle.prepare(`select name from pragma_table_info(?, ?)`).pluck().all(table, schema) as string[]
  const there = new Set(of('live'))
  return of('main').filter((name) => there.has(name) && !without.includes(name))
}

/** A column of a `live` row as it reads in `main`. */
export function translated(column: string, alias = 'l'): string {
  const map = MAPPED[column as keyof typeof MAPPED]
  return map === undefined
    ? `${alias}.${column}`
    : `(select here from temp.${map} where live = ${alias}.${column})`
}

/**
 * The number a row of `live` gets in `main`: its own where that is free, else one beyond all of both. The rows are read
 * before the first is written, so the next free number of `main` would be that of a later row too.
 */
export function freeNumber(table: string, column: 'id' | 'key' = 'id'): string {
  return `iif(exists (select 1 from main.${table} m where m.${column} = l.${column}),
    l.${column} + (select max(${column}) from main.${table}) + (select max(${column}) from live.${table}),
    l.${column})`
}

/** How rows are carried. */
export interface Carry {
  readonly table: string
  /** What happens where `main` has a row of the same key. */
  readonly existing: 'stays' | 'replaced'
  /** Which rows, as a condition on `l`; all when left out. */
  readonly where?: string
  /** Expressions instead of the row's own values. */
  readonly set?: Readonly<Record<string, string>>
}

/** Copies rows of a table with a key of its own; answers how many were written. */
export function carryRows(handle: BetterSqlite3.Database, carry: Carry): number {
  const columns = sharedColumns(handle, carry.table)
  const values = columns.map((column) => carry.set?.[column] ?? translated(column))
  const verb = carry.existing === 'replaced' ? 'insert or replace' : 'insert or ignore'
  return handle
    .prepare(
      `${verb} into main.${carry.table} (${columns.join(', ')})
       select ${values.join(', ')} from live.${carry.table} l where ${carry.where ?? 'true'}`,
    )
    .run().changes
}

/**
 * Copies rows of a list that numbers its rows: those whose content `main` has not. A row keeps its number where that is
 * free. `by` is a column that narrows the search; an index over it is made for the time being.
 */
export function carryList(
  handle: BetterSqlite3.Database,
  table: string,
  by: string,
  options: { readonly where?: string; readonly ignoring?: readonly string[] } = {},
): number {
  const columns = sharedColumns(handle, table, ['id'])
  const compared = columns.filter((column) => !options.ignoring?.includes(column))
  const isSame = compared.map((column) => `m.${column} is ${translated(column)}`).join(' and ')
  const index = `carry_${table}`
  handle.exec(`create index main.${index} on ${table} (${by})`)
  try {
    return handle
      .prepare(
        `insert or ignore into main.${table} (id, ${columns.join(', ')})
         select ${freeNumber(table)},
           ${columns.map((column) => translated(column)).join(', ')}
         from live.${table} l where ${options.where ?? 'true'}
           and not exists (select 1 from main.${table} m where ${isSame}) order by l.id`,
      )
      .run().changes
  } finally {
    handle.exec(`drop index main.${index}`)
  }
}
