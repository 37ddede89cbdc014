import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import {
  LISTED_TWICE,
  type PriceEntries,
  priceEntriesOf,
  priceFilePieces,
} from '../../../shared/price-file-pieces.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { priceImportText as text } from '../../text/price-import.ts'

export type ImportReport = OperationOutput<'prices.import'>
export type ImportRow = ImportReport['rows'][number]

/** LiteLLM's own file has less than two megabytes. */
const FILE_BYTES_MAX = 20_000_000

/** How far a file is. */
export interface PriceImportState {
  readonly report: ImportReport | null
  readonly progress: { readonly done: number; readonly all: number } | null
  /** Why it did not work, in a sentence. */
  readonly problem: string | null
}

const IDLE: PriceImportState = { report: null, progress: null, problem: null }

/** Sends a price file in pieces: first to look, then what was chosen of it. A file chosen later ends the work on the one before. */
export function usePriceImport(): {
  readonly state: PriceImportState
  /** Says what the file would change if its prices held from then on. */
  readonly look: (file: File, from: { readonly valid_from?: string }) => void
  readonly run: (
    names: ReadonlySet<string>,
    options: { readonly label: string; readonly valid_from?: string },
    onDone: (count: number) => void,
  ) => void
  readonly reset: () => void
} {
  const client = useWeirClient()
  const queries = useQueryClient()
  const [state, setState] = useState(IDLE)
  const entries = useRef<PriceEntries>({})
  const newest = useRef(0)

  const send = async (
    pieces: readonly PriceEntries[],
    options: { readonly dry_run: boolean; readonly label?: string; readonly valid_from?: string },
    report: ImportReport | null,
  ): Promise<ImportReport | null> => {
    const mine = newest.current
    let sum: ImportReport = { new: 0, changed: 0, same: 0, unusable: 0, rows: [] }
    for (const [done, piece] of pieces.entries()) {
      setState({ report, problem: null, progress: { done, all: pieces.length } })
      const answer = await client.call('prices.import', { entries: { ...piece }, ...options })
      if (mine !== newest.current) return null
      if (!answer.ok) {
        const taken = options.dry_run ? 0 : sum.new + sum.changed
        setState({ report, progress: null, problem: text.failed(taken, answer.problem.detail) })
        return null
      }
      sum = addUp(sum, answer.value)
    }
    return sum
  }

  const look = async (file: File, from: { readonly valid_from?: string }): Promise<void> => {
    newest.current += 1
    if (file.size > FILE_BYTES_MAX) return setState({ ...IDLE, problem: text.tooLarge })
    const read = priceEntriesOf(await file.text())
    if (read === null) return setState({ ...IDLE, problem: text.notPrices })
    entries.current = read
    const report = await send(priceFilePieces(read), { dry_run: true, ...from }, null)
    if (report !== null) setState({ ...IDLE, report })
  }

  return {
    state,
    look: (file, from) => void look(file, from),
    run: (names, options, onDone) => {
      const chosen = Object.entries(entries.current).filter(([name]) => names.has(name))
      const pieces = priceFilePieces(Object.fromEntries(chosen))
      void send(pieces, { dry_run: false, ...options }, state.report).then((report) => {
        void queries.invalidateQueries()
        if (report === null) return
        setState({ ...IDLE, report: state.report })
        onDone(report.new + report.changed)
      })
    },
    reset: () => {
      newest.current += 1
      setState(IDLE)
    },
  }
}

/**
 * Puts the report of a further piece behind the others. The core sees one piece at a time: a model that an earlier one
 * has is marked here.
 */
export function addUp(held: ImportReport, added: ImportReport): ImportReport {
  const listed = new Set(held.rows.map(keyOf))
  const rows = added.rows.map((row): ImportRow => {
    if (row.model === null || !listed.has(keyOf(row))) return row
    return {
      ...row,
      result: 'unusable',
      reason: LISTED_TWICE,
      before: null,
      after: null,
      change_percent: null,
    }
  })
  const count = (result: ImportRow['result']) =>
    held[result] + rows.filter((row) => row.result === result).length
  return {
    new: count('new'),
    changed: count('changed'),
    same: count('same'),
    unusable: count('unusable'),
    rows: [...held.rows, ...rows],
  }
}

function keyOf({ provider, model }: ImportRow): string {
  return `${provider}\n${model?.toLowerCase()}`
}
