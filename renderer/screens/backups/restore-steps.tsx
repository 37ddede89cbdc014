import { Loader, Text } from '@mantine/core'
import {
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { text } from '../../text.ts'
import styles from './backups.module.css'
import type { RestoreRun } from './use-restores.ts'

const words = text.restore

type Step = RestoreRun['steps'][number]

const ICONS = {
  waiting: IconCircle,
  running: IconCircle,
  done: IconCircleCheck,
  skipped: IconCircleMinus,
  failed: IconCircleX,
  not_reached: IconCircleDashed,
} as const satisfies Record<Step['state'], typeof IconCircle>

/** The steps of a restore in their order, each with what it came to. */
export function RestoreSteps({ run }: { readonly run: RestoreRun }): ReactNode {
  return (
    <ol className={styles.restoreSteps}>
      {run.steps.map((step) => {
        const Icon = ICONS[step.state]
        return (
          <li key={step.step} data-state={step.state}>
            {step.state === 'running' ? (
              <Loader size={17} aria-hidden />
            ) : (
              <Icon size={18} aria-hidden className={styles.stepIcon} />
            )}
            <div>
              <Text
                size="sm"
                fw={step.state === 'running' ? 600 : 400}
                aria-live={step.state === 'running' ? 'polite' : 'off'}
              >
                {words.steps[step.step]}
                <span className={styles.stepState}>
                  {' '}
                  {words.stepState[step.state]}
                  {step.state === 'done' && step.started_at !== null && step.finished_at !== null
                    ? `, ${words.took(step.started_at, step.finished_at)}`
                    : ''}
                </span>
              </Text>
              {step.detail !== null && (
                <Text size="xs" c="dimmed">
                  {step.detail}
                </Text>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
