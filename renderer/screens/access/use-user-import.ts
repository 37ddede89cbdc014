import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { csvPieces } from '../../../shared/csv-pieces.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { accessText } from '../../text/access.ts'

type Report = OperationOutput<'users.import'>

/** Five megabytes are some fifty thousand users: more than a preview is looked at for. */
const FILE_BYTES_MAX = 5_000_000

/** How far a file is. */
export interface ImportState {
  readonly report: Report | null
  readonly progress: { readonly done: number; readonly all: number } | null
  /** Why it did not work, in a sentence. */
  readonly problem: string | null
}

const IDLE: ImportState = { report: null, progress: null, problem: null }

/** Sends a file in pieces and adds up what they come to. A file chosen later ends the work on the one before. */
export function useUserImport(): {
  readonly state: ImportState
  /** Only says what would happen. */
  readonly look: (file: File) => void
  readonly run: (file: File, onDone: (report: Report) => void) => void
  readonly reset: () => void
} {
  const client = useWeirClient()
  const queries = useQueryClient()
  const [state, setState] = useState(IDLE)
  const newest = useRef(0)
  const work = async (file: File, dry_run: boolean): Promise<Report | null> => {
    newest.current += 1
    const mine = newest.current
    if (file.size > FILE_BYTES_MAX) {
      setState({ ...IDLE, problem: accessText.import.tooLarge })
      return null
    }
    const pieces = csvPieces(await file.text())
    let sum: Report | null = null
    for (const [done, { csv, firstLine: first_line }] of pieces.entries()) {
      if (mine !== newest.current) return null
      setState({ ...IDLE, progress: { done, all: pieces.length } })
      // The last piece may be nothing but the names.
      const answer = await client.call('users.import', { csv: csv === '' ? '\n' : csv, first_line, dry_run })
      if (!answer.ok) {
        setState({ ...IDLE, problem: answer.problem.detail })
        return null
      }
      sum = sum === null ? answer.value : addUp(sum, answer.value)
    }
    if (mine !== newest.current) return null
    setState({ ...IDLE, report: sum })
    return sum
  }
  return {
    state,
    look: (file) => void work(file, true),
    run: (file, onDone) =>
      void work(file, false).then((report) => {
        void queries.invalidateQueries()
        if (report !== null) onDone(report)
      }),
    reset: () => {
      newest.current += 1
      setState(IDLE)
    },
  }
}

function addUp(held: Report, added: Report): Report {
  return {
    new: held.new + added.new,
    changed: held.changed + added.changed,
    same: held.same + added.same,
    bad: held.bad + added.bad,
    ignored_columns: held.ignored_columns,
    rows: [...held.rows, ...added.rows],
  }
}
