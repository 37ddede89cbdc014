import { Button, Group, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { copyText } from '../../app/copy.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { formatUntil } from '../../format.ts'
import { text } from '../../text.ts'
import { BackupJobLink } from './backup-job-link.tsx'
import styles from './backups.module.css'
import type { Overview } from './backups-search.ts'
import { EncryptionFact } from './encryption-fact.tsx'
import { SecondFolderDialog } from './second-folder-dialog.tsx'
import type { BackupActs } from './use-backup-acts.ts'

const words = text.backups

/** The schedule changes when somebody changes it. */
const SCHEDULE_MS = 60_000

interface PlacePanelProps {
  readonly overview: Overview
  readonly acts: BackupActs
}

/** Where the backups are, how much room there is, when one is made by itself, how long each stays, the second folder, and encryption. */
export function PlacePanel({ overview, acts }: PlacePanelProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const { place, copy_dir: second, kept } = overview
  const hasRoom = place.free_bytes >= place.needed_bytes
  return (
    <Panel title={words.place}>
      <dl className={styles.facts}>
        <Fact name={words.folder}>
          <Group gap="sm">
            <Text className="path" size="sm">
              {place.dir}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => void copyText(place.dir, words.theFolder)}
            >
              {words.copyFolder}
            </Button>
          </Group>
        </Fact>
        <Fact name={words.room}>
          <Text size="sm" {...(!hasRoom && { c: 'var(--weir-bad)' })}>
            {(hasRoom ? words.roomFacts : words.noRoom)(place.free_bytes, place.needed_bytes)}
          </Text>
        </Fact>
        <Fact name={words.schedule}>
          <Schedule />
        </Fact>
        <Fact name={words.kept}>
          <Text size="sm">{words.keptFacts(kept)}</Text>
        </Fact>
        <Fact name={words.second}>
          <Group gap="sm">
            <Text size="sm" className={second === null ? undefined : 'path'}>
              {second ?? words.secondNone}
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
              {second === null ? words.secondChoose : words.secondChange}
            </Button>
          </Group>
        </Fact>
        <Fact name={words.encryption.name}>
          <EncryptionFact encryption={overview.encryption} />
        </Fact>
      </dl>
      {isOpen && <SecondFolderDialog overview={overview} acts={acts} onClose={() => setOpen(false)} />}
    </Panel>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Schedule(): ReactNode {
  const now = useNow()
  const { data } = useWeirQuery('jobs.list', {}, { refresh: SCHEDULE_MS })
  const job = data?.jobs.find((one) => one.job === 'backup')
  if (job === undefined) return <Text size="sm">–</Text>
  return (
    <Text size="sm">
      {job.next_run_at === null
        ? words.unscheduled
        : words.scheduled(job.schedule_in_words, formatUntil(Date.parse(job.next_run_at), now))}{' '}
      <BackupJobLink />
    </Text>
  )
}
