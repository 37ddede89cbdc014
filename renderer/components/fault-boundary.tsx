import { Button, Group } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { componentsText } from '../text/components.ts'
import { CopyDetails } from './failure-notice.tsx'
import styles from './panel.module.css'

interface FaultState {
  readonly fault: Error | null
}

/** Keeps a fault in drawing one part of a screen from taking the rest with it. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, FaultState> {
  override state: FaultState = { fault: null }

  static getDerivedStateFromError(thrown: unknown): FaultState {
    return { fault: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }

  override render(): ReactNode {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <div role="alert" className={styles.failure}>
        <div className={styles.failureText}>
          <strong>{componentsText.panel.brokenTitle}</strong>
          <p>{componentsText.panel.brokenDetail}</p>
        </div>
        <Group gap="xs" wrap="nowrap">
          <Button size="xs" variant="default" onClick={() => this.setState({ fault: null })}>
            {componentsText.panel.drawAgain}
          </Button>
          <CopyDetails details={fault.stack ?? fault.message} />
        </Group>
      </div>
    )
  }
}
