import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Problem } from '../../../shared/contract/problem.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Backup } from './backups-search.ts'

const words = text.backups

/** What can be done with a backup that is there; each says what came of it, also after the screen was left. */
export interface BackupActs {
  readonly verify: (backup: Backup) => void
  readonly copy: (id: string) => void
  readonly remove: (backup: Backup, onDone: () => void) => void
  /** Whether this one is being proved or copied by hand. */
  readonly isBusy: (id: string) => boolean
  readonly isRemoving: boolean
}

/** The acts of the list with their notes. */
export function useBackupActs(): BackupActs {
  const queries = useQueryClient()
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const { mutateAsync: verify } = useWeirMutation('backups.verify')
  const { mutateAsync: copy } = useWeirMutation('backups.copy')
  const remove = useWeirMutation('backups.delete')
  /** One after another of the same backup; of several at once each has its own mark. */
  const follow = async (id: string, work: () => Promise<string>): Promise<void> => {
    setBusy((before) => new Set(before).add(id))
    try {
      showDone(await work())
    } catch (problem) {
      // What is damaged says so in the list from now on; a note that stays until it is closed would only repeat it.
      if ((problem as Problem).code === 'backup_damaged') showDone(words.foundDamaged(id))
      else showProblem(problem as Problem)
      void queries.invalidateQueries()
    } finally {
      setBusy((before) => new Set([...before].filter((one) => one !== id)))
    }
  }
  return {
    verify: ({ id }) =>
      void follow(id, async () => {
        await verify({ backup_id: id })
        return words.verified(id)
      }),
    copy: (id) =>
      void follow(id, async () => {
        const copied = await copy({ backup_id: id })
        return words.copyDone(copied.copy?.path ?? id)
      }),
    remove: ({ id }, onDone) =>
      remove.mutate(
        { backup_id: id },
        {
          onSuccess: () => {
            showDone(words.deleted(id))
            onDone()
          },
          onError: showProblem,
        },
      ),
    isBusy: (id) => busy.has(id),
    isRemoving: remove.isPending,
  }
}
