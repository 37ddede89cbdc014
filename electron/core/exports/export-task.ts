import { rmSync } from 'node:fs'
import { Kysely } from 'kysely'
import { EXPORT_COLUMNS, type ExportRequest } from '../../../shared/contract/exports.ts'
import type { EpochMs } from '../../../shared/units.ts'
import { windowsAt } from '../consumption/windows.ts'
import { SqliteDialect } from '../database/dialect.ts'
import { openReadHandle } from '../database/open-handle.ts'
import type { Schema } from '../database/schema.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { Settings } from '../settings/settings.ts'
import { everyRow } from './every-row.ts'
import { beginTableFile } from './table-file.ts'

/** A table written into a file. For the worker thread: it reads all of it over a connection of its own. */

export interface ExportInput {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly request: ExportRequest
  /** Absolute; must not exist. */
  readonly file: string
  readonly now: EpochMs
  readonly settings: Settings
}

export interface ExportProgress {
  readonly rowsDone: number
  readonly rowsTotal: number
  readonly sizeBytes: number
}

/** Writes one snapshot of the table; a file that was not finished is removed. Errors: `user_unknown`, `storage_full`. */
export async function* exportTable(input: ExportInput): AsyncGenerator<ExportProgress, ExportProgress> {
  const { request, file, now, settings } = input
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  let isWhole = false
  let progress: ExportProgress = { rowsDone: 0, rowsTotal: 0, sizeBytes: 0 }
  try {
    handle.exec('begin')
    const db = new Kysely<Schema>({ dialect: new SqliteDialect(handle, { begin: 'deferred' }) })
    const moment = { now, settings, windows: windowsAt(settings.time_zone, now) }
    const written = beginTableFile(file, request.format, request.table, EXPORT_COLUMNS[request.table])
    try {
      for await (const { rows, totalCount } of everyRow(db, request, moment)) {
        written.add(rows)
        progress = {
          rowsDone: progress.rowsDone + rows.length,
          rowsTotal: totalCount,
          sizeBytes: written.size(),
        }
        yield progress
      }
      written.end()
      isWhole = true
      return { ...progress, sizeBytes: written.size() }
    } finally {
      written.close()
    }
  } catch (error) {
    if (!isDiskFull(error)) throw error
    throw new WeirError('storage_full', 'The disk has no room for the file of the export.', { cause: error })
  } finally {
    handle.close()
    if (!isWhole) rmSync(file, { force: true })
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
