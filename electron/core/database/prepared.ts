import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
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

/**
 * Compiles a query of the hot path once; running it then costs little more than the bare statement.
 * `build` gets the query builder and `value(name)`, which stands for the value given under that name at run time.
 */
export function prepared<Parameters extends Values, Row>(
  build: (db: Kysely<Schema>, value: <Name extends keyof Parameters & string>(name: Name) => Parameters[Name]) => Compilable<Row>,
): (db: Reader | Writer, values: Parameters) => Promise<readonly Row[]> {
  const value = <Name extends keyof Parameters & string>(name: Name) => new Parameter(name) as unknown as Parameters[Name]
  const compiled = build(compiler, value).compile()
  return async (db, values) => {
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? values[parameter.name] : parameter,
    )
    const result = await db.executeQuery<Row>({ ...compiled, parameters })
    return result.rows
  }
}
