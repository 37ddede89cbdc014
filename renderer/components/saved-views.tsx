import { Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconBookmark, IconCheck, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { showDone } from '../app/notify.ts'
import { useRemembered } from '../app/remembered.ts'
import {
  isSameView,
  SAVED_VIEWS,
  type SavedScreen,
  type SavedView,
  VIEW_NAME_MAX,
  VIEWS_MAX,
  type ViewAddress,
  withView,
} from '../app/saved-views.ts'
import { showUndo } from '../app/undo.tsx'
import { savedViewsText as text } from '../text/saved-views.ts'

/** What `SavedViews` takes. */
export interface SavedViewsProps {
  readonly screen: SavedScreen
  /** What the screen shows now. */
  readonly view: ViewAddress
  readonly onChoose: (view: ViewAddress) => void
}

/** Which name is being asked for: of the view that is shown, or another one of one that is kept. */
type Asked = { readonly kind: 'save' } | { readonly kind: 'rename'; readonly saved: SavedView }

/** Keeps the view of a table under a name, and shows those that were kept. */
export function SavedViews({ screen, view, onChoose }: SavedViewsProps): ReactNode {
  const store = SAVED_VIEWS[screen]
  const views = useRemembered(store)
  const [asked, setAsked] = useState<Asked | null>(null)
  const remove = (doomed: SavedView): void => {
    const before = store.get()
    store.set(before.filter((one) => one.name !== doomed.name))
    showUndo(text.deleted(doomed.name), () => {
      const at = before.findIndex((one) => one.name === doomed.name)
      const others = store.get().filter((one) => one.name !== doomed.name)
      // Its place was taken meanwhile.
      if (others.length >= VIEWS_MAX) return showDone(text.full)
      store.set([...others.slice(0, at), doomed, ...others.slice(at)])
    })
  }
  return (
    <>
      <Menu position="bottom-end" width={320}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={15} aria-hidden />}>
            {text.button}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>{text.none}</Menu.Label>}
          {views.map((saved) => (
            <ViewItems
              key={saved.name}
              saved={saved}
              isShown={isSameView(saved.view, view)}
              onChoose={() => onChoose(saved.view)}
              onRename={() => setAsked({ kind: 'rename', saved })}
              onRemove={() => remove(saved)}
            />
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={views.length >= VIEWS_MAX}
            onClick={() => setAsked({ kind: 'save' })}
          >
            {views.length >= VIEWS_MAX ? text.full : text.save}
          </Menu.Item>
          <Menu.Label>{text.intro}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      {asked !== null && (
        <NameDialog
          asked={asked}
          views={views}
          onClose={() => setAsked(null)}
          onName={(name) => {
            setAsked(null)
            if (asked.kind === 'save') {
              store.set(withView(store.get(), { name, view }))
              return showDone(text.saved(name))
            }
            const renamed = { ...asked.saved, name }
            store.set(store.get().map((one) => (one.name === asked.saved.name ? renamed : one)))
            showDone(text.renamed(name))
          }}
        />
      )}
    </>
  )
}

interface ViewItemsProps {
  readonly saved: SavedView
  readonly isShown: boolean
  readonly onChoose: () => void
  readonly onRename: () => void
  readonly onRemove: () => void
}

/** A view and what can be done with it; each an item of the menu, so that arrows reach it. */
function ViewItems({ saved, isShown, onChoose, onRename, onRemove }: ViewItemsProps): ReactNode {
  const { name } = saved
  return (
    <Group gap={0} wrap="nowrap">
      <Menu.Item
        onClick={onChoose}
        leftSection={
          isShown ? (
            <IconCheck size={15} aria-label={text.current} />
          ) : (
            <IconCheck size={15} visibility="hidden" aria-hidden />
          )
        }
      >
        <Text size="sm" truncate maw={190}>
          {name}
        </Text>
      </Menu.Item>
      <Menu.Item w="auto" aria-label={text.rename(name)} title={text.rename(name)} onClick={onRename}>
        <IconPencil size={15} aria-hidden />
      </Menu.Item>
      <Menu.Item w="auto" aria-label={text.remove(name)} title={text.remove(name)} onClick={onRemove}>
        <IconTrash size={15} aria-hidden />
      </Menu.Item>
    </Group>
  )
}

interface NameDialogProps {
  readonly asked: Asked
  readonly views: readonly SavedView[]
  readonly onName: (name: string) => void
  readonly onClose: () => void
}

function NameDialog({ asked, views, onName, onClose }: NameDialogProps): ReactNode {
  const before = asked.kind === 'rename' ? asked.saved.name : ''
  const [name, setName] = useState(before)
  const [isTried, setTried] = useState(false)
  const trimmed = name.trim()
  const isThere = trimmed !== before && views.some((one) => one.name === trimmed)
  const isTaken = isThere && asked.kind === 'rename'
  const error = trimmed === '' && isTried ? text.nameNeeded : isTaken ? text.taken : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (trimmed !== '' && !isTaken) onName(trimmed)
  }
  const title = asked.kind === 'rename' ? text.renameTitle(before) : text.saveTitle
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={text.name}
            data-autofocus
            maxLength={VIEW_NAME_MAX}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={error}
            description={isThere && !isTaken ? text.replaces : undefined}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit">{text.saveYes}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
