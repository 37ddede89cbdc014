import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { copyText } from '../../app/copy.ts'
import { dateTime } from '../../text/figures.ts'
import { text } from '../../text.ts'
import styles from './logs.module.css'

/** One line as the core tells it. */
export type LogLine = OperationOutput<'logs.list'>['lines'][number]

interface LogLinesProps {
  readonly lines: readonly LogLine[]
  /** Number of the line that is open, or null. */
  readonly openSeq: number | null
  readonly onOpen: (seq: number | null) => void
}

/** The lines, newest first; one of them is open and shows its fields. */
export function LogLines({ lines, openSeq, onOpen }: LogLinesProps): ReactNode {
  return (
    <ul className={styles.lines}>
      {lines.map((line) => {
        const isOpen = line.seq === openSeq
        return (
          <li key={line.seq}>
            <button
              type="button"
              className={styles.line}
              data-level={line.level}
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? null : line.seq)}
            >
              <span className="tabular">{dateTime(line.at)}</span>
              <span className={styles.level}>{text.logs.levels[line.level]}</span>
              <span>{line.area}</span>
              <span className={styles.message}>{line.message}</span>
            </button>
            {isOpen && <OpenLine line={line} />}
          </li>
        )
      })}
    </ul>
  )
}

function OpenLine({ line }: { readonly line: LogLine }): ReactNode {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can scroll must be reachable by keyboard. */}
      <pre className={styles.fields} tabIndex={0}>
        {JSON.stringify(line, null, 2)}
      </pre>
      <Group ml={11} mb={8}>
        <Button
          size="xs"
          variant="default"
          onClick={() => void copyText(JSON.stringify(line), text.logs.line)}
        >
          {text.logs.copy}
        </Button>
      </Group>
    </>
  )
}
