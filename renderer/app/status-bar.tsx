import { Tooltip, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import { isUnreachable } from '../weir-client.ts'
import { copyText } from './copy.ts'
import { LastBackup } from './last-backup.tsx'
import { useLiveState } from './live-state.ts'
import { NextJob } from './next-job.tsx'
import { RunningWork } from './running-work.tsx'
import { isRestoring, useStatus, type WeirStatus } from './status.ts'

/** The line at the bottom: how Weir is, where its API is, what it holds. */
export function StatusBar(): ReactNode {
  const status = useStatus()
  const { data } = status
  const isGone = isUnreachable(status.error)
  const live = useLiveState()
  const state = isRestoring(data, status.error) ? 'restoring' : (data?.state ?? 'unknown')
  return (
    <footer className="status-bar tabular" data-live={live}>
      <Hint
        label={
          data === undefined
            ? ''
            : text.shell.stateHint(data.version, data.data_dir, data.turns, data.database_size_bytes)
        }
      >
        <span className="status-item" data-state={isGone ? 'unreachable' : state}>
          <span className="status-dot" aria-hidden />
          {text.shell.state[isGone ? 'unreachable' : state]}
        </span>
      </Hint>
      {live === 'lost' && !isGone && (
        <Hint label={text.shell.notLiveHint}>
          <span className="status-item" data-live={live}>
            {text.shell.notLive}
          </span>
        </Hint>
      )}
      {data !== undefined && <Facts status={data} />}
    </footer>
  )
}

function Facts({ status }: { readonly status: WeirStatus }): ReactNode {
  const words = text.shell
  return (
    <>
      <ApiAddress url={status.api_url} />
      <span className="status-item" data-enforcement={status.enforcement.mode}>
        {text.enforcement[status.enforcement.mode]}
      </span>
      <span className="status-gap" />
      <RunningWork status={status} />
      <NextJob />
      <LastBackup />
      <Hint label={words.periodHint(status.time_zone)}>
        <span className="status-item status-zone">
          {words.period(status.current_period, status.time_zone)}
        </span>
      </Hint>
      <Hint label={words.turnsHint(status.users)}>
        <span className="status-item status-size">{words.turns(status.turns)}</span>
      </Hint>
      <Hint label={words.sizeHint(status.database_size_bytes, status.schema_version)}>
        <span className="status-item status-size">{words.size(status.database_size_bytes)}</span>
      </Hint>
    </>
  )
}

function ApiAddress({ url }: { readonly url: string | null }): ReactNode {
  if (url === null) return <span className="status-item">{text.shell.apiOff}</span>
  return (
    <Hint label={text.shell.apiCopy}>
      <UnstyledButton
        className="status-item status-button"
        onClick={() => void copyText(url, text.shell.apiName)}
      >
        {text.shell.api(url.replace(/^https?:\/\//, ''))}
      </UnstyledButton>
    </Hint>
  )
}

function Hint({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Tooltip label={label} disabled={label === ''} position="top">
      {children as React.JSX.Element}
    </Tooltip>
  )
}
