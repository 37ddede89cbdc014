import { Anchor, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useId } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'
import { BadFinding, GoodFinding, Looking } from './finding.tsx'

/** As long as for a folder: not every file on the way to the one that is typed is opened. */
const LOOK_DELAY_MS = 300

interface AuthFileFieldProps {
  /** Null while nobody has asked for it: most imports are of session files alone. */
  readonly file: string | null
  readonly onFile: (file: string) => void
}

/** An auth database of the platform as a further source: asked for, looked at, named in words. */
export function AuthFileField({ file, onFile }: AuthFileFieldProps): ReactNode {
  const words = text.import.auth
  const hint = useId()
  if (file === null)
    return (
      <Anchor
        component="button"
        type="button"
        size="sm"
        style={{ alignSelf: 'start' }}
        onClick={() => onFile('')}
      >
        {words.ask}
      </Anchor>
    )
  return (
    <Stack gap={4}>
      <TextInput
        label={words.field}
        description={words.fieldHint}
        placeholder={words.placeholder}
        value={file}
        onChange={(event) => onFile(event.currentTarget.value)}
        aria-describedby={hint}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'path' }}
      />
      <div id={hint} aria-live="polite">
        <AuthFinding file={file.trim()} />
      </div>
    </Stack>
  )
}

function AuthFinding({ file }: { readonly file: string }): ReactNode {
  const { settled, look } = useAuthLook(file)
  if (file === '') return <div className="finding" />
  if (!settled || (look.data === undefined && look.error === null)) return <Looking />
  if (look.error !== null) return <BadFinding says={look.error.detail} />
  return <GoodFinding says={text.import.auth.holds(look.data?.tables ?? [])} />
}

/** What is in the file; `settled` once it is about what is typed. */
export function useAuthLook(file: string) {
  const [settledFile] = useDebouncedValue(file, LOOK_DELAY_MS)
  const look = useWeirQuery(
    'import.lookAtAuthDatabase',
    { auth_db: settledFile },
    { enabled: settledFile !== '', keepPrevious: false, refresh: false },
  )
  return { settled: settledFile === file, look }
}
