import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { formatCount, formatUntil } from '../../format.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import styles from './enforcement.module.css'
import { OverrideForm } from './override-form.tsx'

type Override = NonNullable<OperationOutput<'enforcement.get'>['override']>

const text = enforcementScreenText.override

/** The limits for everybody in an emergency: what holds, or that none does, and the way to change that. */
export function OverridePanel(): ReactNode {
  const query = useSettledQuery(useWeirQuery('enforcement.get', {}))
  const [isAsking, setAsking] = useState(false)
  return (
    <QueryPanel title={text.title} query={query} skeleton={<Skeleton height={190} />}>
      {({ override }) => (
        <Stack gap="md">
          {override === null ? <Text size="sm">{text.none}</Text> : <InForce override={override} />}
          <Group gap="sm">
            {override === null ? null : <ClearButton />}
            <Button variant="default" onClick={() => setAsking(true)}>
              {override === null ? text.set : text.change}
            </Button>
          </Group>
          <Modal opened={isAsking} onClose={() => setAsking(false)} title={text.dialog} size="lg" centered>
            <OverrideForm before={override} onClose={() => setAsking(false)} />
          </Modal>
        </Stack>
      )}
    </QueryPanel>
  )
}

function InForce({ override }: { readonly override: Override }): ReactNode {
  const now = useNow()
  const shown = (limit: number | null) => (limit === null ? null : formatCount(limit))
  return (
    <div className={styles.stateText}>
      <p className={styles.stateWord}>
        {text.forEverybody(text.says(shown(override.prompts_per_hour), shown(override.prompts_per_day)))}
      </p>
      <PlainText text={enforcementScreenText.state.reason(override.reason)} lines={2} />
      <p className={styles.dimmed}>
        {text.until(override.until, formatUntil(Date.parse(override.until), now))}
      </p>
    </div>
  )
}

function ClearButton(): ReactNode {
  const clear = useWeirMutation('override.clear')
  return (
    <Button
      loading={clear.isPending}
      onClick={() => clear.mutate({}, { onSuccess: () => showDone(text.cleared), onError: showProblem })}
    >
      {text.clear}
    </Button>
  )
}
