import type { ReactNode } from 'react'
import { componentsText } from '../text/components.ts'
import { Delayed } from './delayed.tsx'
import { FailureNotice } from './failure-notice.tsx'
import styles from './panel.module.css'
import type { SettledQuery } from './settled-query.ts'

/** What `QueryStates` takes. */
export interface QueryStatesProps<Data> {
  readonly query: SettledQuery<Data>
  /** The real shape of what is coming, without its figures. */
  readonly skeleton: ReactNode
  /** False where another part of the screen tells of the same failure already. Default true. */
  readonly tellsFailure?: boolean
  /** Draws the answer; also the one that is kept, greyed, while newer ones fail. */
  readonly children: (data: Data) => ReactNode
}

/**
 * The states of something that is asked for: loading (nothing for 150 ms, then its shape), failed (with the last
 * good answer greyed below, if there was one), refreshing (old figures under a thin bar) and there.
 */
export function QueryStates<Data>({
  query,
  skeleton,
  tellsFailure = true,
  children,
}: QueryStatesProps<Data>): ReactNode {
  const { data, failure } = query
  return (
    <div className={styles.states} aria-busy={data === undefined && failure === null}>
      {query.isRefreshing ? <RefreshBar /> : null}
      {failure === null || !tellsFailure ? null : (
        <FailureNotice
          failure={failure}
          dataAt={query.dataAt}
          isRetrying={query.isRefreshing}
          onRetry={query.retry}
        />
      )}
      {data === undefined ? (
        failure === null ? (
          <Delayed>
            <div role="status" aria-label={componentsText.panel.loading}>
              {skeleton}
            </div>
          </Delayed>
        ) : null
      ) : (
        <div
          className={failure === null ? undefined : styles.stale}
          data-stale={failure === null ? undefined : true}
        >
          {children(data)}
        </div>
      )}
    </div>
  )
}

function RefreshBar(): ReactNode {
  return <div className={styles.refreshBar} role="progressbar" aria-label={componentsText.panel.refreshing} />
}
