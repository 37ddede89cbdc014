import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { appText } from '../text/app.ts'

/** What `ConfirmDialog` takes. */
export interface ConfirmDialogProps {
  /** The question, with the object by name. */
  readonly title: string
  /** What it does, said before it is done. */
  readonly children: ReactNode
  /** The verb on the button. */
  readonly action: string
  readonly isRunning: boolean
  /** False while something the act needs is not said yet. Default true. */
  readonly isReady?: boolean
  /** For what destroys (UX 4.0, level 2): what must be typed, and how the field is called. */
  readonly typed?: { readonly word: string; readonly label: string; readonly hint: string }
  /** How wide it is, for what has a table to show. Default `lg`. */
  readonly size?: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something that is hard to take back: Cancel has the focus, the button says what it does. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const [written, setWritten] = useState('')
  const { typed } = props
  const isTyped = typed === undefined || written === typed.word
  return (
    <Modal opened onClose={props.onClose} title={props.title} centered size={props.size ?? 'lg'}>
      <Stack gap="md">
        {props.children}
        {typed !== undefined && (
          <TextInput
            label={typed.label}
            description={typed.hint}
            value={written}
            onChange={(event) => setWritten(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {appText.cancel}
          </Button>
          <Button
            color="red"
            disabled={!isTyped || props.isReady === false}
            loading={props.isRunning}
            onClick={props.onConfirm}
          >
            {props.action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
