import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { StatCards } from '../../components/stat-card.tsx'
import styles from './dashboard.module.css'

const CARDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

/** The shape of the dashboard before its figures. Heights are those of the real parts, so that nothing jumps. */
export function DashboardSkeleton(): ReactNode {
  return (
    <div className={styles.stack}>
      <StatCards columns={4}>
        {CARDS.map((card) => (
          <Skeleton key={card} height={128} radius="md" />
        ))}
      </StatCards>
      <div className={styles.pair}>
        <Skeleton height={300} radius="md" />
        <Skeleton height={300} radius="md" />
      </div>
      <div className={styles.pair}>
        <Skeleton height={360} radius="md" />
        <Skeleton height={360} radius="md" />
      </div>
    </div>
  )
}
