import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { intelligenceText } from '../../text/intelligence.ts'

const text = intelligenceText.method

/** Says of every figure of the screen where it comes from, and what is not measured. */
export function MethodDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}): ReactNode {
  return (
    <Modal opened={isOpen} onClose={onClose} title={text.title} size="lg">
      <Stack gap="sm">
        {text.rows.map((row) => (
          <div key={row.name}>
            <Text fw={600} size="sm">
              {row.name}
            </Text>
            <Text size="sm">{row.how}</Text>
          </div>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.close}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
