import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { backupsText } from '../../text/backups.ts'

/** The way to the job that makes backups, inside a sentence. */
export function BackupJobLink(): ReactNode {
  return (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => <Link to="/jobs" search={{ job: 'backup' }} {...props} />}
    >
      {backupsText.toJob}
    </Anchor>
  )
}
