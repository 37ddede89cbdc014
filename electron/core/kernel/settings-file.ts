import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from './atomic-file.ts'
import { WeirError } from './weir-error.ts'

/** What must be known before the database opens; everything else is a setting in the database. */
export interface SettingsFile {
  /** Port of the local HTTP interface; 0 takes any free one. */
  readonly port: number | null
  /** Where the agent keeps its session files. */
  readonly sessionsDir: string | null
}

const PORT_MAX = 65_535

// Members this version does not know are left alone: an older Weir must start with a newer one's file.
const settingsJson = z.looseObject({
  port: z.int().min(0).max(PORT_MAX).optional(),
  sessions_dir: z.string().min(1).optional(),
})

/**
 * Reads `settings.json` of the data folder; without one, nothing is set. Errors: `storage_unavailable` when the file
 * is there and cannot be understood — starting with other settings than the operator wrote would be worse.
 */
export function readSettingsFile(dataDir: string): SettingsFile {
  const path = join(dataDir, 'settings.json')
  const text = readIfThere(path)
  if (text === undefined) return { port: null, sessionsDir: null }
  const result = settingsJson.safeParse(parseJson(text, path))
  if (!result.success) throw notUnderstood(path, z.prettifyError(result.error), result.error)
  return { port: result.data.port ?? null, sessionsDir: result.data.sessions_dir ?? null }
}

/**
 * Writes what is named into `settings.json`; null takes a member out, everything else in the file stays. Errors: those
 * of `readSettingsFile`, since a file that is not understood must not be written over; those of the file system.
 */
export async function changeSettingsFile(
  dataDir: string,
  changes: { readonly port?: number | null; readonly sessions_dir?: string | null },
): Promise<void> {
  readSettingsFile(dataDir)
  const path = join(dataDir, 'settings.json')
  const before = parseJson(readIfThere(path) ?? '{}', path) as Record<string, unknown>
  const after = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null)
  await writeFileAtomically(path, `${JSON.stringify(Object.fromEntries(after), null, 2)}\n`)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw notUnderstood(path, error instanceof Error ? error.message : String(error), error)
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notUnderstood(path, error instanceof Error ? error.message : String(error), error)
  }
}

function notUnderstood(path: string, reason: string, cause: unknown): WeirError {
  return new WeirError(
    'storage_unavailable',
    `${path} cannot be understood: ${reason}. Correct it or remove it.`,
    {
      cause,
    },
  )
}

/**
 * A port as somebody typed it. Errors: `invalid_request`.
 *
 * @param source how to name the place it was typed in: `--port`, `WEIR_PORT`
 */
export function parsePort(text: string, source: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (port <= PORT_MAX) return port
  throw new WeirError(
    'invalid_request',
    `${source} must be a port number from 1 to ${PORT_MAX} (or 0 for any free one), not "${text}".`,
  )
}
