import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../../text.ts'
import { ImportBatches } from './import-batches.tsx'
import { ImportFlow } from './import-flow.tsx'

/** Import of session files at any later time; the same steps as on the first run. */
export function ImportScreen(): ReactNode {
  return (
    <Stack gap="md" className="narrow">
      <Text c="dimmed" maw="46rem">
        {text.import.intro}
      </Text>
      <ImportFlow isFirstRun={false} />
      <ImportBatches />
    </Stack>
  )
}
