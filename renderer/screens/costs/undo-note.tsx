import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { costsText } from '../../text/costs.ts'

/** As long as UX 4.0 gives to think again. */
const UNDO_MS = 10_000

/** Says that something is done, with the way back. `done` is a whole sentence. */
export function showUndo(done: string, undo: () => void): void {
  const id = notifications.show({
    autoClose: UNDO_MS,
    withBorder: true,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span>{done}</span>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id)
            undo()
          }}
        >
          {costsText.prices.undo}
        </Button>
      </Group>
    ),
  })
}
