import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Reader, Writer } from './database.ts'
import type { RunResult } from './dialect.ts'
import { directConnection } from './direct-connection.ts'
import type { Schema } from './schema.ts'

/** Stands in a query for a value that is known only when it runs. */
class Parameter {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Compiles without a database. */
const compiler = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

type Values = Readonly<Record<string, unknown>>

/** Stands for the value given under that name when the query runs. */
type ValueNamed<Parameters extends Values> = <Name extends keyof Parameters & string>(
  name: Name,
) => Parameters[Name]

/**
 * Compiles a query of the hot path once; running it then costs little more than the bare statement.
 * `build` gets the query builder and `value(name)`, which stands for the value given under that name at run time.
 */
export function prepared<Parameters extends Values, Row>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<Row>,
): (db: Reader | Writer, values: Parameters) => Promise<readonly Row[]> {
  const run = compiledOnce<Parameters, Row>(build)
  return async (db, values) => (await run(db, values)).rows ?? []
}

/** The same for a statement that writes; answers how many rows it wrote. */
export function preparedChange<Parameters extends Values>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<unknown>,
): (trx: Writer, values: Parameters) => Promise<number> {
  const run = compiledOnce<Parameters, unknown>(build)
  return async (trx, values) => (await run(trx, values)).changes
}

/** The same for an insert of one row; answers the integer key it got. `returning` would cost more than the insert. */
export function preparedInsert<Parameters extends Values>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<unknown>,
): (trx: Writer, values: Parameters) => Promise<number> {
  const run = compiledOnce<Parameters, unknown>(build)
  return async (trx, values) => Number((await run(trx, values)).lastId)
}

function compiledOnce<Parameters extends Values, Row>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<Row>,
): (db: Reader | Writer, values: Parameters) => RunResult<Row> | Promise<RunResult<Row>> {
  const value: ValueNamed<Parameters> = (name) => new Parameter(name) as unknown as Parameters[typeof name]
  const compiled = build(compiler, value).compile()
  return (db, values) => {
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? values[parameter.name] : parameter,
    )
    const connection = directConnection(db)
    return connection === undefined
      ? throughKysely<Row>(db, { ...compiled, parameters })
      : connection.run<Row>(compiled.sql, parameters)
  }
}

async function throughKysely<Row>(db: Reader | Writer, query: CompiledQuery): Promise<RunResult<Row>> {
  const { rows, numAffectedRows, insertId } = await db.executeQuery<Row>(query)
  return { rows, changes: Number(numAffectedRows ?? 0n), lastId: insertId ?? 0n }
}
