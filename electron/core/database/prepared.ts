import {
  type Compilable,
  DummyDriver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Reader, Writer } from './database.ts'
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
  return async (db, values) => (await run(db, values)).rows
}

/** The same for a statement that writes; answers how many rows it wrote. */
export function preparedChange<Parameters extends Values>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<unknown>,
): (trx: Writer, values: Parameters) => Promise<number> {
  const run = compiledOnce<Parameters, unknown>(build)
  return async (trx, values) => Number((await run(trx, values)).numAffectedRows ?? 0n)
}

/** The same for an insert of one row; answers the integer key it got. `returning` would cost more than the insert. */
export function preparedInsert<Parameters extends Values>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<unknown>,
): (trx: Writer, values: Parameters) => Promise<number> {
  const run = compiledOnce<Parameters, unknown>(build)
  return async (trx, values) => {
    const { insertId } = await run(trx, values)
    if (insertId === undefined) throw new Error('an insert answers the key of its row')
    return Number(insertId)
  }
}

function compiledOnce<Parameters extends Values, Row>(
  build: (db: Kysely<Schema>, value: ValueNamed<Parameters>) => Compilable<Row>,
): (db: Reader | Writer, values: Parameters) => Promise<QueryResult<Row>> {
  const value: ValueNamed<Parameters> = (name) => new Parameter(name) as unknown as Parameters[typeof name]
  const compiled = build(compiler, value).compile()
  return (db, values) => {
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? values[parameter.name] : parameter,
    )
    return db.executeQuery<Row>({ ...compiled, parameters })
  }
}
