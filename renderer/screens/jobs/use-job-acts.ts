import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Job, Run } from './jobs-search.ts'

const words = text.jobs

/** What can be done with a job; each says what came of it. */
export interface JobActs {
  readonly run: (job: Job['job'], isDryRun: boolean, onStarted?: (run: Run) => void) => void
  readonly cancel: (run: Run) => void
  readonly enable: (job: Job['job'], isEnabled: boolean) => void
  readonly isBusy: boolean
}

/** The acts of the screen with their notes. */
export function useJobActs(): JobActs {
  const run = useWeirMutation('jobs.run')
  const cancel = useWeirMutation('jobs.cancel')
  const update = useWeirMutation('jobs.update')
  return {
    isBusy: run.isPending || cancel.isPending || update.isPending,
    run: (job, isDryRun, onStarted) =>
      run.mutate(
        { job, ...(isDryRun && { dry_run: true }) },
        {
          onSuccess: (started) => {
            showDone(isDryRun ? words.startedDry(words.names[job]) : words.started(words.names[job]))
            onStarted?.(started)
          },
          onError: showProblem,
        },
      ),
    cancel: ({ run_id, job }) =>
      cancel.mutate(
        { run_id },
        { onSuccess: () => showDone(words.cancelling(words.names[job])), onError: showProblem },
      ),
    enable: (job, isEnabled) =>
      update.mutate(
        { job, is_enabled: isEnabled },
        {
          onSuccess: () =>
            showDone(isEnabled ? words.switchedOn(words.names[job]) : words.switchedOff(words.names[job])),
          onError: showProblem,
        },
      ),
  }
}
