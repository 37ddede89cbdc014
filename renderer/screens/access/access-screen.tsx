import { Stack, Tabs } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { useUndoShortcut } from '../../app/undo.tsx'
import { useRememberedView } from '../../components/use-remembered-view.ts'
import { accessText as text } from '../../text/access.ts'
import type { AccessSearch } from './access-search.ts'
import { ImportUsers } from './import-users.tsx'
import { lastAccessView } from './last-view.ts'
import { TokensTab } from './tokens-tab.tsx'
import { UserForm } from './user-form.tsx'
import { UsersTab } from './users-tab.tsx'

const route = getRouteApi('/access')

/** Who may use the platform and what may call Weir. */
export function AccessScreen(): ReactNode {
  const navigate = useNavigate()
  const replace = (search: AccessSearch): void => void navigate({ to: '/access', search, replace: true })
  const view = useRememberedView(lastAccessView, route.useSearch(), replace, ['page', 'add', 'edit', 'owner'])
  // Other rows begin at their first page, unless the change says which.
  const change = (part: Partial<AccessSearch>): void =>
    replace({ ...view, ...('sort' in part || 'size' in part ? { page: undefined } : {}), ...part })
  const tab = view.tab ?? 'users'
  useShortcut('n', () => change({ add: tab === 'users' ? 'user' : 'token' }), text.users.addKey)
  useUndoShortcut()
  return (
    <Stack gap="sm">
      <Tabs
        value={tab}
        onChange={(next) => change({ tab: next === 'tokens' ? 'tokens' : undefined })}
        keepMounted={false}
      >
        <Tabs.List aria-label={text.tabs.label} mb="sm">
          <Tabs.Tab value="users">{text.tabs.users}</Tabs.Tab>
          <Tabs.Tab value="tokens">{text.tabs.tokens}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="users">
          <Stack gap="xs">
            <UsersTab view={view} onView={change} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokensTab view={view} onView={change} />
        </Tabs.Panel>
      </Tabs>
      {view.add === 'user' && <UserForm user={null} onClose={() => change({ add: undefined })} />}
      {view.add === 'import' && <ImportUsers onClose={() => change({ add: undefined })} />}
      {view.edit !== undefined && (
        <EditUser key={view.edit} id={view.edit} onClose={() => change({ edit: undefined })} />
      )}
    </Stack>
  )
}

/** The form of the user in the address, who need not be on the page that is shown. */
function EditUser({ id, onClose }: { readonly id: string; readonly onClose: () => void }): ReactNode {
  // A search finds more than the one id; as many as fit a request are enough to find it among them.
  const found = useWeirQuery('users.list', { search: id, limit: 1000 }, { refresh: false })
  const user = found.data?.users.find((each) => each.id === id)
  return user === undefined ? null : <UserForm user={user} onClose={onClose} />
}
