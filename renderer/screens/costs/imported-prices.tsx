import { Button, Text } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { priceImportText as text } from '../../text/price-import.ts'
import { ImportPrices } from './import-prices.tsx'

/** The ways into importing prices and out of it again. */
export function ImportedPrices({ count }: { readonly count: number }): ReactNode {
  const [open, setOpen] = useState<'import' | 'remove' | null>(null)
  const remove = useWeirMutation('prices.removeImported')
  const close = (): void => setOpen(null)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFileImport size={15} aria-hidden />}
        onClick={() => setOpen('import')}
      >
        {text.button}
      </Button>
      {count > 0 && (
        <Button size="xs" variant="default" onClick={() => setOpen('remove')}>
          {text.remove}
        </Button>
      )}
      {open === 'import' && <ImportPrices onClose={close} />}
      {open === 'remove' && (
        <ConfirmDialog
          title={text.removeTitle(count)}
          action={text.remove}
          isRunning={remove.isPending}
          onClose={close}
          onConfirm={() =>
            remove.mutate(
              {},
              {
                onError: showProblem,
                onSuccess: ({ removed }) => {
                  close()
                  showDone(text.removed(removed))
                },
              },
            )
          }
        >
          <Text size="sm">{text.removeWhy}</Text>
        </ConfirmDialog>
      )}
    </>
  )
}
