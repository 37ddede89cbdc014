import { Skeleton, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatCount } from '../../format.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import styles from './enforcement.module.css'

const text = enforcementScreenText.ladder
/** Profiles named on a rung; the whole list is on the Profiles screen. */
const NAMES_SHOWN = 6

/** The order of precedence as a ladder in words, each rung with the users it decides something for now. */
export function LadderPanel(): ReactNode {
  const query = useSettledQuery(useWeirQuery('limits.ladder', {}))
  return (
    <QueryPanel title={text.title} unit={text.unit} query={query} skeleton={<Skeleton height={320} />}>
      {({ rungs }) => (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            {text.hint}
          </Text>
          <ol className={styles.ladder}>
            {rungs.map(({ rung, users, names }) => (
              <li key={rung} className={styles.rung} data-empty={users === 0}>
                <div className={styles.rungText}>
                  <strong>{text.rungs[rung][0]}</strong>
                  <p className={styles.dimmed}>{text.rungs[rung][1]}</p>
                  {names.length === 0 ? null : (
                    <ul className={styles.names}>
                      {names.slice(0, NAMES_SHOWN).map((each) => (
                        <li key={each.name}>
                          <PlainText text={`${each.name}: ${formatCount(each.users)}`} />
                        </li>
                      ))}
                    </ul>
                  )}
                </div>
                <span className={styles.rungUsers}>{users === 0 ? text.nobody : formatCount(users)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </QueryPanel>
  )
}
