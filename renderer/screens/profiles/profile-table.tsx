import { ActionIcon, Anchor, Badge, Button, Group, Menu, Table, Text } from '@mantine/core'
import {
  IconBan,
  IconCircleCheck,
  IconCopy,
  IconDots,
  IconPencil,
  IconStar,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useRef } from 'react'
import { useShortcut } from '../../app/shortcuts.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useRowKeys } from '../../components/use-row-keys.ts'
import { formatCount, formatMoney, formatMoneyExact, formatTokens } from '../../format.ts'
import { profilesText as text } from '../../text/profiles.ts'
import { LIMITS, type LimitName, type Profile } from './profile-values.ts'

/** What one can do with a row. */
export interface ProfileRowActs {
  readonly onEdit: (profile: Profile) => void
  readonly onDuplicate: (profile: Profile) => void
  readonly onDefault: (profile: Profile) => void
  readonly onActive: (profile: Profile, isActive: boolean) => void
  readonly onDelete: (profile: Profile) => void
}

/** The profiles with their limits. There are a handful: they are neither sorted nor cut into pages. */
export function ProfileTable({
  profiles,
  ...acts
}: ProfileRowActs & { readonly profiles: readonly Profile[] }): ReactNode {
  const body = useRef<HTMLTableSectionElement>(null)
  const byId = (id: string | null) => profiles.find((profile) => String(profile.id) === id)
  const ids = profiles.map(({ id }) => String(id))
  const keys = useRowKeys(body, ids, (id) => {
    const profile = byId(id)
    if (profile !== undefined) acts.onEdit(profile)
  })
  const onActive = (act: (profile: Profile) => void) => () => {
    const profile = byId(keys.activeId)
    if (profile !== undefined) act(profile)
  }
  useShortcut('e', onActive(acts.onEdit), text.editShortcut)
  useShortcut('d', onActive(acts.onDuplicate), text.copyShortcut)
  return (
    <Table.ScrollContainer minWidth={980}>
      <Table verticalSpacing={9} highlightOnHover aria-label={text.caption}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.columns.name}</Table.Th>
            {LIMITS.map((name) => (
              <Table.Th key={name} className="number">
                {text.columns[name]}
              </Table.Th>
            ))}
            <Table.Th className="number">{text.columns.users}</Table.Th>
            <Table.Th aria-label={text.columns.actions} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body} onKeyDown={keys.onKeyDown}>
          {profiles.map((profile) => (
            <Table.Tr
              key={profile.id}
              data-row-id={profile.id}
              tabIndex={keys.activeId === String(profile.id) ? 0 : -1}
              onFocus={() => keys.setActive(String(profile.id))}
            >
              <Table.Th scope="row">
                <Name profile={profile} />
              </Table.Th>
              {LIMITS.map((name) => (
                <Table.Td key={name} className="number">
                  <Limit name={name} value={profile[name]} />
                </Table.Td>
              ))}
              <Table.Td className="number">
                <Users profile={profile} />
              </Table.Td>
              <Table.Td>
                <Actions profile={profile} {...acts} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Name({ profile }: { readonly profile: Profile }): ReactNode {
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <Text fw={600} size="sm" maw={220} component="span">
          <PlainText text={profile.name} />
        </Text>
        {profile.is_default && (
          <Badge size="sm" variant="light" tt="none">
            {text.isDefault}
          </Badge>
        )}
        {!profile.is_active && (
          <Badge size="sm" variant="outline" color="red" tt="none" title={text.inactiveHint}>
            {text.isInactive}
          </Badge>
        )}
      </Group>
      {profile.description !== null && (
        <Text size="xs" c="dimmed" maw={260} component="div" fw={400}>
          <PlainText text={profile.description} />
        </Text>
      )}
    </>
  )
}

function Limit({ name, value }: { readonly name: LimitName; readonly value: number | null }): ReactNode {
  if (value === null) {
    return (
      <Text component="span" size="sm" c="dimmed">
        {text.unlimited}
      </Text>
    )
  }
  if (value === 0) {
    return (
      <Text component="span" size="sm" className="blocks nowrap">
        {text.blocks}
      </Text>
    )
  }
  const isMoney = name === 'cost_per_month_usd'
  return (
    <span className="nowrap" title={isMoney ? formatMoneyExact(value) : formatCount(value)}>
      {isMoney ? formatMoney(value) : formatTokens(value)}
    </span>
  )
}

function Users({ profile }: { readonly profile: Profile }): ReactNode {
  const { name, user_count: users } = profile
  if (users === 0) return formatCount(0)
  // Those of the default are mostly users without a profile of their own, whom the filter of one profile does not show.
  if (profile.is_default) return formatCount(users)
  return (
    <Anchor
      renderRoot={(props) => <Link to="/access" search={{ profile: String(profile.id) }} {...props} />}
      size="sm"
      aria-label={text.usersOf(name, users)}
    >
      {formatCount(users)}
    </Anchor>
  )
}

function Actions({ profile, ...acts }: ProfileRowActs & { readonly profile: Profile }): ReactNode {
  const { name, is_active: isActive, is_default: isDefault } = profile
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPencil size={15} aria-hidden />}
        aria-label={text.editThis(name)}
        onClick={() => acts.onEdit(profile)}
      >
        {text.edit}
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={text.more(name)}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconCopy size={15} aria-hidden />}
            onClick={() => acts.onDuplicate(profile)}
          >
            {text.duplicate}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconStar size={15} aria-hidden />}
            disabled={isDefault}
            onClick={() => acts.onDefault(profile)}
          >
            {text.makeDefault}
          </Menu.Item>
          <Menu.Item
            leftSection={
              isActive ? <IconBan size={15} aria-hidden /> : <IconCircleCheck size={15} aria-hidden />
            }
            disabled={isDefault}
            title={isDefault ? text.defaultStaysActive : undefined}
            onClick={() => acts.onActive(profile, !isActive)}
          >
            {isActive ? text.deactivate : text.activate}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} aria-hidden />}
            disabled={isDefault}
            title={isDefault ? text.defaultStays : undefined}
            onClick={() => acts.onDelete(profile)}
          >
            {text.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}
