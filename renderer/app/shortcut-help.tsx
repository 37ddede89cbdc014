import { Group, Modal, SimpleGrid, Stack, Switch, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import { KeyCaps } from './key-caps.tsx'
import { useRemembered } from './remembered.ts'
import { type Shortcut, singleKeysEnabled, useShortcuts } from './shortcuts.tsx'

interface Line {
  readonly description: string
  readonly keys: readonly string[]
}

/** The list under `?`: every shortcut in force, by group, and the switch for those of a single key. */
export function ShortcutHelp({
  opened,
  onClose,
}: {
  readonly opened: boolean
  readonly onClose: () => void
}): ReactNode {
  const singleKeys = useRemembered(singleKeysEnabled)
  const groups = groupedBy(useShortcuts(), (shortcut) => shortcut.group)
  return (
    <Modal opened={opened} onClose={onClose} title={text.shell.shortcutHelp.title} size="xl" centered>
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xl" verticalSpacing="lg">
          {[...groups].map(([group, shortcuts]) => (
            <section key={group}>
              <Title order={3} mb={6}>
                {group}
              </Title>
              {linesOf(shortcuts).map((line) => (
                <Group
                  key={line.description}
                  justify="space-between"
                  wrap="nowrap"
                  gap="sm"
                  className="shortcut-line"
                >
                  <Text size="sm">{line.description}</Text>
                  <Group gap={8} wrap="nowrap">
                    {line.keys.map((keys) => (
                      <KeyCaps key={keys} keys={keys} />
                    ))}
                  </Group>
                </Group>
              ))}
            </section>
          ))}
        </SimpleGrid>
        <Switch
          checked={singleKeys}
          onChange={(event) => singleKeysEnabled.set(event.currentTarget.checked)}
          label={text.shell.shortcutHelp.singleKeys}
          description={text.shell.shortcutHelp.singleKeysHint}
        />
      </Stack>
    </Modal>
  )
}

/** Several ways to the same thing are one line. */
function linesOf(shortcuts: readonly Shortcut[]): readonly Line[] {
  const byDescription = groupedBy(shortcuts, (shortcut) => shortcut.description)
  return [...byDescription].map(([description, same]) => ({
    description,
    keys: [...new Set(same.map((shortcut) => shortcut.keys))],
  }))
}

function groupedBy(
  shortcuts: readonly Shortcut[],
  keyOf: (shortcut: Shortcut) => string,
): ReadonlyMap<string, readonly Shortcut[]> {
  const groups = new Map<string, Shortcut[]>()
  for (const shortcut of shortcuts) {
    const group = groups.get(keyOf(shortcut))
    if (group === undefined) groups.set(keyOf(shortcut), [shortcut])
    else group.push(shortcut)
  }
  return groups
}
