import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { SETTING_SECTIONS } from '../../../shared/contract/settings.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { downloadText } from '../../app/download.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { text } from '../../text.ts'
import { AlertSettings } from './alert-settings.tsx'
import { SettingsSection } from './settings-section.tsx'

/** What the operator can set, section by section, and what to hand over with a report of trouble. */
export function SettingsScreen(): ReactNode {
  const settled = useSettledQuery(useWeirQuery('settings.get', {}))
  return (
    <Stack gap="md" className="narrow">
      <QueryStates query={settled} skeleton={<Skeleton height={480} />}>
        {({ settings, is_erasing }) => (
          <Stack gap="md">
            {is_erasing && <Alert color="orange">{text.settings.erasing}</Alert>}
            {SETTING_SECTIONS.map((section) => (
              <SettingsSection
                key={section}
                title={text.settings.sections[section]}
                settings={settings.filter((setting) => setting.section === section)}
              />
            ))}
          </Stack>
        )}
      </QueryStates>
      <AlertSettings />
      <Diagnostics />
    </Stack>
  )
}

function Diagnostics(): ReactNode {
  const client = useWeirClient()
  const [isBusy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    const answer = await client.call('diagnostics.get', {})
    setBusy(false)
    if (!answer.ok) return showProblem(answer.problem)
    downloadText('weir-diagnostics.json', `${JSON.stringify(answer.value, null, 2)}\n`, 'application/json')
    showDone(text.settings.bundleSaved)
  }
  return (
    <Panel title={text.settings.diagnostics}>
      <Stack gap="sm" align="flex-start">
        <Text c="dimmed" maw="46rem">
          {text.settings.diagnosticsHint}
        </Text>
        <Button variant="default" loading={isBusy} onClick={() => void save()}>
          {text.settings.saveBundle}
        </Button>
      </Stack>
    </Panel>
  )
}
