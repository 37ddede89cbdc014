import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { downloadText } from '../../app/download.ts'
import { EXPORT_CHOICES, takeRows } from '../../components/take-rows.ts'
import { profilesText as text } from '../../text/profiles.ts'
import { inputOf, type Profile, valuesOf } from './profile-values.ts'

/** Takes the profiles along; undefined while they are not there yet. */
export function ExportProfiles({
  profiles,
}: {
  readonly profiles: readonly Profile[] | undefined
}): ReactNode {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={profiles === undefined}
        >
          {text.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => exportJson(profiles ?? [])}>{text.exportJson}</Menu.Item>
        {EXPORT_CHOICES.filter(([format]) => format !== 'json').map(([format, choice]) => (
          <Menu.Item key={format} onClick={() => void takeRows(profiles ?? [], format, 'weir-profiles')}>
            {choice}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** What an operator decided, without what Weir knows about it: the file of one installation fits another. */
function exportJson(profiles: readonly Profile[]): void {
  const file = { profiles: profiles.map((profile) => inputOf(valuesOf(profile))) }
  downloadText('weir-profiles.json', `${JSON.stringify(file, null, 2)}\n`, 'application/json')
}
