import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { appendTurn, type SessionDocument } from './session-document.ts'

/** Appends turns to session files, each time the whole file anew: a reader finds the old session or the new one. */

/** Only the operator's account sees who works in which session. */
const PRIVATE_FOLDER = 0o700

/**
 * Appends a turn to its session's file; the answer comes when it is on disk. Turns of one session MUST come one after
 * the other. Errors: `turn_conflict` (the file has it with other figures), `storage_full`, `storage_unavailable`.
 */
export async function appendToFile(
  folder: string,
  turn: ParsedInput<'turns.record'> & { readonly occurred_at: string },
  query: string | null,
): Promise<'added' | 'there'> {
  const path = join(folder, turn.user_id, `${turn.session_id}.json`)
  const appended = appendTurn(await readDocument(path), turn, query)
  if (appended.kind === 'differs') {
    throw new WeirError(
      'turn_conflict',
      `Turn ${turn.turn_number} of session ${turn.session_id} is in its session file with other figures (${appended.differing.join(', ')}). Nothing was changed.`,
      { details: { differing: appended.differing } },
    )
  }
  if (appended.kind === 'there') return 'there'
  try {
    await mkdir(join(folder, turn.user_id), { recursive: true, mode: PRIVATE_FOLDER })
    await writeFileAtomically(path, JSON.stringify(appended.document))
  } catch (error) {
    throw notWritten(path, error)
  }
  return 'added'
}

async function readDocument(path: string): Promise<SessionDocument | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw notWritten(path, error)
  }
  const document = parse(text)
  if (document !== null) return document
  // Writing over it would lose what a person can still mend.
  throw new WeirError(
    'storage_unavailable',
    `The session file ${path} is damaged, so nothing can be added to it. Nothing was counted; mend the file, or move it away, and send the turn again.`,
    { details: { path } },
  )
}

function parse(text: string): SessionDocument | null {
  try {
    const document: unknown = JSON.parse(text)
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document)
    return isObject ? (document as SessionDocument) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function notWritten(path: string, cause: unknown): unknown {
  const code = codeOf(cause)
  if (code === undefined) return cause
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WeirError(
      'storage_full',
      'The disk with the session files is full. Nothing was counted; free some space and send the turn again.',
      { cause },
    )
  }
  return new WeirError(
    'storage_unavailable',
    `The session file ${path} cannot be written (${code}). Nothing was counted; send the turn again when it can.`,
    { cause, details: { path } },
  )
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined
}
