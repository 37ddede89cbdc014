import { Progress } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import type { WeirStatus } from './status.ts'

const words = text.shell

/** Long work that goes on, how far it is, and the way to it. A backup has a place of its own beside it. */
export function RunningWork({ status }: { readonly status: WeirStatus }): ReactNode {
  const { running_import: importing, running_restore: restoring, running_reprice: pricing } = status
  return (
    <>
      {importing !== null && (
        <Link
          to="/import"
          search={{ run: importing.run_id }}
          className="status-item status-chip status-work"
          title={words.importChipLabel}
        >
          <Share done={importing.files_done} total={importing.files_total} />
          {words.importChip(importing.files_done, importing.files_total)}
        </Link>
      )}
      {restoring !== null && (
        <Link
          to="/backups"
          search={{}}
          className="status-item status-chip status-work"
          title={words.restoreChipLabel}
        >
          <Share done={restoring.steps_done} total={restoring.steps_total} />
          {words.restoreChip(restoring.steps_done, restoring.steps_total)}
        </Link>
      )}
      {pricing !== null && (
        <Link
          to="/costs"
          search={{ reprice: pricing.run_id }}
          className="status-item status-chip status-work"
          title={words.repriceChipLabel}
        >
          <Share done={pricing.turns_done} total={pricing.turns_total ?? 0} />
          {words.repriceChip(pricing.turns_done, pricing.turns_total)}
        </Link>
      )}
    </>
  )
}

function Share({ done, total }: { readonly done: number; readonly total: number }): ReactNode {
  return (
    <Progress
      value={total === 0 ? 0 : (100 * done) / total}
      w={64}
      size="sm"
      className="status-share"
      aria-hidden
    />
  )
}
