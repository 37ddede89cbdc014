import type BetterSqlite3 from 'better-sqlite3'
import type { MigrationStep } from '../../../migrations/index.ts'
import { assert } from '../kernel/weir-error.ts'

/**
 * Brings the schema up to date: each missing step in one transaction together with its `user_version`, so that a
 * crash leaves version N or N+1 and never something between. Answers the names of the steps that ran.
 */
export function migrate(handle: BetterSqlite3.Database, steps: readonly MigrationStep[]): readonly string[] {
  const applied: string[] = []
  for (const step of steps) {
    if (step.version <= Number(handle.pragma('user_version', { simple: true }))) continue
    handle
      .transaction(() => {
        const version = Number(handle.pragma('user_version', { simple: true }))
        assert(version === step.version - 1, `schema ${version} is followed by step ${step.version}`)
        for (const statement of step.statements) handle.exec(statement)
        handle.pragma(`user_version = ${step.version}`)
      })
      .immediate()
    applied.push(step.name)
  }
  return applied
}
