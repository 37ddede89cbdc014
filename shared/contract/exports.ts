import { z } from 'zod'
import { consumptionOperations } from './consumption.ts'
import { enforcementOperations } from './enforcement.ts'
import { operation } from './operation.ts'
import { sessionRecordOperations } from './session-records.ts'

/** Whole tables as files, made beside everything else: started, followed, taken piece by piece. */

/** A piece of a file in the answer of `exports.read`: a short answer, and few of them. */
export const EXPORT_PIECE_BYTES = 768 * 1024

const PAGE = { limit: true, offset: true } as const

/** What of a table: the filters and the order of its screen, without pages. */
const FILTERS = {
  turns: consumptionOperations['consumption.turns'].input.omit(PAGE),
  users: consumptionOperations['consumption.users'].input.omit(PAGE),
  sessions: sessionRecordOperations['sessions.list'].input.omit(PAGE),
  decisions: enforcementOperations['enforcement.events'].input.omit(PAGE),
  audit: enforcementOperations['audit.list'].input.omit(PAGE),
}

export const EXPORT_FORMATS = ['csv', 'tsv', 'xlsx', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const format = z.enum(EXPORT_FORMATS)

/** Which rows of which table, and in which form. */
const exportRequest = z.discriminatedUnion('table', [
  z.strictObject({ table: z.literal('turns'), filter: FILTERS.turns, format }),
  z.strictObject({ table: z.literal('users'), filter: FILTERS.users, format }),
  z.strictObject({ table: z.literal('sessions'), filter: FILTERS.sessions, format }),
  z.strictObject({ table: z.literal('decisions'), filter: FILTERS.decisions, format }),
  z.strictObject({ table: z.literal('audit'), filter: FILTERS.audit, format }),
])
export type ExportRequest = z.output<typeof exportRequest>
export type ExportTable = ExportRequest['table']

/** The columns of each table, in the order they come over the wire. */
export const EXPORT_COLUMNS: Readonly<Record<ExportTable, readonly string[]>> = {
  turns: columns(consumptionOperations['consumption.turns'].output.shape.turns),
  users: columns(consumptionOperations['consumption.users'].output.shape.users),
  sessions: columns(sessionRecordOperations['sessions.list'].output.shape.sessions),
  decisions: columns(enforcementOperations['enforcement.events'].output.shape.events),
  audit: columns(enforcementOperations['audit.list'].output.shape.entries),
}

function columns(list: z.ZodArray<z.ZodObject>): readonly string[] {
  return Object.keys(list.element.shape)
}

const exportRun = z.object({
  run_id: z.string(),
  table: z.enum(['turns', 'users', 'sessions', 'decisions', 'audit']),
  format,
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  rows_done: z.number(),
  /** Null until they were counted. */
  rows_total: z.number().nullable(),
  size_bytes: z.number(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
})

const runId = z.string().min(1).max(64)

export const exportOperations = {
  'exports.start': operation({
    method: 'POST',
    path: '/api/v1/admin/exports',
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Write a table, filtered or whole, into a file: CSV, tab-separated, Excel or JSON',
    description:
      'All rows come from one moment. In CSV and tab-separated text a cell that a spreadsheet would run is marked as text; in Excel ' +
      'numbers are numbers, times are UTC, and text is never a formula. The last three files are kept until Weir stops.',
    input: exportRequest,
    output: exportRun,
    errors: ['busy', 'shutting_down'],
    example: { table: 'turns', filter: {}, format: 'csv' },
  }),
  'exports.getRun': operation({
    method: 'GET',
    path: '/api/v1/admin/exports/{run_id}',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'How far an export is',
    input: z.strictObject({ run_id: runId }),
    output: exportRun,
    errors: ['run_unknown'],
    example: { run_id: 'export-1f2e3d4c' },
  }),
  'exports.cancel': operation({
    method: 'POST',
    path: '/api/v1/admin/exports/{run_id}/cancel',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop an export; nothing of its file stays',
    input: z.strictObject({ run_id: runId }),
    output: exportRun,
    errors: ['run_unknown'],
    example: { run_id: 'export-1f2e3d4c' },
  }),
  'exports.read': operation({
    method: 'GET',
    path: '/api/v1/admin/exports/{run_id}/content',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'A piece of the file of an export that is done, in Base64',
    input: z.strictObject({ run_id: runId, offset: z.coerce.number().int().min(0).optional() }),
    output: z.object({
      data: z.base64(),
      /** Where the next piece begins; null after the last. */
      next_offset: z.number().nullable(),
      size_bytes: z.number(),
    }),
    errors: ['run_unknown', 'busy'],
    example: { run_id: 'export-1f2e3d4c' },
  }),
}
