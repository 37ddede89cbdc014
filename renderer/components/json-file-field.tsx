import { FileInput } from '@mantine/core'
import { IconFileTypeJs } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { componentsText } from '../text/components.ts'

/** What `JsonFileField` takes. */
export interface JsonFileFieldProps {
  readonly label: string
  readonly file: File | null
  readonly onFile: (file: File | null) => void
}

/** Asks for a JSON file; it has the focus of the dialog it stands in. */
export function JsonFileField({ label, file, onFile }: JsonFileFieldProps): ReactNode {
  return (
    <FileInput
      label={label}
      placeholder={componentsText.file.chooseJson}
      accept=".json,application/json"
      leftSection={<IconFileTypeJs size={16} aria-hidden />}
      value={file}
      onChange={onFile}
      clearable
      clearButtonProps={{ 'aria-label': componentsText.file.clear }}
      data-autofocus
      miw={280}
    />
  )
}
