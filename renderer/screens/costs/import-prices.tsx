import { Alert, Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { JsonFileField } from '../../components/json-file-field.tsx'
import { appText } from '../../text/app.ts'
import { priceImportText as text } from '../../text/price-import.ts'
import { ImportDiff } from './import-diff.tsx'
import { type ImportReport, type PriceImportState, usePriceImport } from './use-price-import.ts'
import { useValidFrom, type ValidFrom, ValidFromSelect } from './valid-from.tsx'

/** A label of a price may be this long; a file's name may be longer. */
const LABEL_MAX = 100

/** Takes prices over from a file, after a look at what each would change and a choice of them. */
export function ImportPrices({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [file, setFile] = useState<File | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [from, setFrom] = useState<ValidFrom>('now')
  const validFrom = useValidFrom()
  const work = usePriceImport()
  const { report, progress, problem } = work.state
  const taken = chosen ?? usableNames(report)
  // From another day on other prices differ: what was looked at and chosen for one date says nothing of another.
  const choose = (next: File | null, since: ValidFrom): void => {
    setFile(next)
    setFrom(since)
    setChosen(null)
    if (next === null) work.reset()
    else work.look(next, validFrom(since))
  }
  const run = (): void => {
    if (file === null) return
    work.run(taken, { label: file.name.slice(-LABEL_MAX), ...validFrom(from) }, (count) => {
      showDone(text.done(count))
      onClose()
    })
  }
  return (
    <Modal opened onClose={onClose} title={text.title} size="72rem" closeOnClickOutside={file === null}>
      <Stack gap="md">
        <Text size="sm">{text.hint}</Text>
        <Group align="flex-end">
          <JsonFileField label={text.file} file={file} onFile={(next) => choose(next, from)} />
          {file !== null && <ValidFromSelect value={from} onChange={(since) => choose(file, since)} />}
        </Group>
        {problem !== null && <Alert color="red">{problem}</Alert>}
        {progress !== null && <Working progress={progress} />}
        {report !== null && <ImportDiff report={report} chosen={taken} onChoose={setChosen} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {appText.cancel}
          </Button>
          <Button disabled={taken.size === 0 || report === null} loading={progress !== null} onClick={run}>
            {text.run(taken.size)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function usableNames(report: ImportReport | null): ReadonlySet<string> {
  return new Set(
    report?.rows.filter((row) => row.result === 'new' || row.result === 'changed').map((row) => row.name),
  )
}

function Working({ progress }: { readonly progress: NonNullable<PriceImportState['progress']> }): ReactNode {
  const { done, all } = progress
  return (
    <div role="status">
      <Text size="sm">{text.reading(Math.min(done + 1, all), all)}</Text>
      <Progress value={(100 * done) / all} aria-label={text.title} />
    </div>
  )
}
