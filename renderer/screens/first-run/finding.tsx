import { Loader, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { text } from '../../text.ts'

/** What a look at a source found, in words. */

export type Folder = OperationOutput<'setup.suggestions'>['folder']

interface FolderFindingProps {
  readonly isAsked: boolean
  readonly found: Folder
  readonly problem: Problem | null
}

export function FolderFinding({ isAsked, found, problem }: FolderFindingProps): ReactNode {
  if (!isAsked) return <div className="finding" />
  if (problem !== null) return <BadFinding says={problem.detail} />
  if (found === null) return <Looking />
  const trouble = troubleOf(found)
  if (trouble !== null) return <BadFinding says={trouble} />
  return <GoodFinding says={text.import.found(found.users, found.files, found.bytes)} />
}

function troubleOf(found: NonNullable<Folder>): string | null {
  if (found.problem !== null) return found.problem
  if (!found.exists) return text.import.missing
  if (!found.readable) return text.import.unreadable
  return found.files === 0 ? text.import.nothing : null
}

export function Looking(): ReactNode {
  return (
    <div className="finding">
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">
        {text.import.looking}
      </Text>
    </div>
  )
}

export function GoodFinding({ says }: { readonly says: string }): ReactNode {
  return (
    <div className="finding" data-kind="good">
      <IconCircleCheck size={17} aria-hidden />
      <Text size="sm" className="tabular">
        {says}
      </Text>
    </div>
  )
}

export function BadFinding({ says }: { readonly says: string }): ReactNode {
  return (
    <div className="finding" data-kind="bad">
      <IconAlertTriangle size={17} aria-hidden />
      <Text size="sm">{says}</Text>
    </div>
  )
}
