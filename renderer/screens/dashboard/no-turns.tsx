import { Button, Code } from '@mantine/core'
import { IconFileImport, IconGauge, IconPlugConnected } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Notice } from '../../components/notice.tsx'
import { clipText } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'

const text = dashboardText.noTurns

/** A name longer than this would make the title two lines. */
const NAME_MAX = 60

/** What `NoTurns` takes. */
export interface NoTurnsProps {
  /** The user that has none; undefined when nobody has. */
  readonly username: string | undefined
  /** Where the agent reaches Weir; null when it serves no API. */
  readonly apiUrl: string | null
}

/** Stands in place of the figures before the first turn: why there are none, and the two ways to get some. */
export function NoTurns({ username, apiUrl }: NoTurnsProps): ReactNode {
  const navigate = useNavigate()
  const title = username === undefined ? text.title : text.titleUser(clipText(username, NAME_MAX))
  return (
    <Notice
      isFramed
      icon={<IconGauge size={40} stroke={1.5} />}
      title={title}
      actions={
        <>
          <Button
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/connect' })}
          >
            {text.connect}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFileImport size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/import' })}
          >
            {text.import}
          </Button>
        </>
      }
    >
      {username === undefined ? (
        apiUrl === null ? (
          text.pointUnknown
        ) : (
          <>
            {text.point} <Code>{apiUrl}</Code>
          </>
        )
      ) : (
        text.user
      )}
    </Notice>
  )
}
