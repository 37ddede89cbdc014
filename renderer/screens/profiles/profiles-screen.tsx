import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconGauge, IconPlus, IconUpload } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { profileImportText } from '../../text/profile-import.ts'
import { profilesText as text } from '../../text/profiles.ts'
import { ExportProfiles } from './export-profiles.tsx'
import { ImportProfiles } from './import-profiles.tsx'
import { DeactivateDialog, DeleteDialog } from './profile-dialogs.tsx'
import { ProfileForm } from './profile-form.tsx'
import { ProfileTable } from './profile-table.tsx'
import { type Profile, valuesLike, valuesOf } from './profile-values.ts'
import type { ProfilesSearch } from './profiles-search.ts'
import { type ProfileActs, useProfileActs } from './use-profile-acts.ts'

const route = getRouteApi('/profiles')

/** The sets of limits: what each allows, who has it, and every way to change that. */
export function ProfilesScreen(): ReactNode {
  const navigate = useNavigate()
  const list = useSettledQuery(useWeirQuery('profiles.list', {}))
  const open = (search: ProfilesSearch): void => void navigate({ to: '/profiles', search })
  const [isImporting, setImporting] = useState(false)
  useShortcut('n', () => open({ add: 'new' }), text.addShortcut)
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" size="sm" maw="46rem">
          {text.intro}
        </Text>
        <Group gap="xs">
          <ExportProfiles profiles={list.data?.profiles} />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUpload size={15} aria-hidden />}
            disabled={list.data === undefined}
            onClick={() => setImporting(true)}
          >
            {profileImportText.button}
          </Button>
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => open({ add: 'new' })}
          >
            {text.add}
          </Button>
        </Group>
      </Group>
      <QueryStates query={list} skeleton={<Skeleton height={240} radius="md" />}>
        {({ profiles }) => <Profiles profiles={profiles} onOpen={open} />}
      </QueryStates>
      {isImporting && (
        <ImportProfiles profiles={list.data?.profiles ?? []} onClose={() => setImporting(false)} />
      )}
    </Stack>
  )
}

interface ProfilesProps {
  readonly profiles: readonly Profile[]
  readonly onOpen: (search: ProfilesSearch) => void
}

type Question = { readonly about: 'delete' | 'deactivate'; readonly id: number }

function Profiles({ profiles, onOpen }: ProfilesProps): ReactNode {
  const [question, setQuestion] = useState<Question | null>(null)
  const acts = useProfileActs(profiles)
  const asked = profiles.find(({ id }) => id === question?.id)
  const close = (): void => setQuestion(null)
  const setActive = (profile: Profile, isActive: boolean): void => {
    // Whom it stops is said before; where it stops nobody there is nothing to ask.
    if (!isActive && profile.user_count > 0) setQuestion({ about: 'deactivate', id: profile.id })
    else acts.setActive(profile, isActive)
  }
  return (
    <>
      {profiles.length === 0 ? (
        <Notice icon={<IconGauge size={36} />} title={text.none} isFramed>
          {text.noneWhy}
        </Notice>
      ) : (
        <section className="panel" aria-label={text.caption}>
          <ProfileTable
            profiles={profiles}
            onEdit={({ id }) => onOpen({ edit: id })}
            onDuplicate={({ id }) => onOpen({ add: id })}
            onDefault={acts.makeDefault}
            onActive={setActive}
            onDelete={({ id }) => setQuestion({ about: 'delete', id })}
          />
        </section>
      )}
      {asked !== undefined && question?.about === 'delete' && (
        <DeleteDialog profile={asked} profiles={profiles} onClose={close} />
      )}
      {asked !== undefined && question?.about === 'deactivate' && (
        <DeactivateDialog profile={asked} onClose={close} onConfirm={() => acts.setActive(asked, false)} />
      )}
      <OpenForm profiles={profiles} acts={acts} onClose={() => onOpen({})} />
    </>
  )
}

interface OpenFormProps {
  readonly profiles: readonly Profile[]
  readonly acts: ProfileActs
  readonly onClose: () => void
}

/** The form the address asks for, if any. */
function OpenForm({ profiles, acts, onClose }: OpenFormProps): ReactNode {
  const { edit, add } = route.useSearch()
  const create = useWeirMutation('profiles.create')
  const edited = profiles.find(({ id }) => id === edit)
  const model = profiles.find(({ id }) => id === add)
  const close = (): void => {
    create.reset()
    onClose()
  }
  if (edited !== undefined) {
    return (
      <ProfileForm
        key={`edit ${edited.id}`}
        title={text.form.editTitle(edited.name)}
        profile={edited}
        initial={valuesOf(edited)}
        isSaving={acts.isSaving}
        problem={null}
        onSave={(input) => acts.save(edited, input, close)}
        onClose={close}
      />
    )
  }
  if (add === undefined) return null
  return (
    <ProfileForm
      key={`add ${add}`}
      title={model === undefined ? text.form.newTitle : text.form.copyTitle(model.name)}
      profile={null}
      initial={model === undefined ? valuesOf(null) : valuesLike(model)}
      isSaving={create.isPending}
      problem={create.error?.detail ?? null}
      onSave={(input) =>
        create.mutate(input, {
          onSuccess: ({ name }) => {
            showDone(text.added(name))
            close()
          },
        })
      }
      onClose={close}
    />
  )
}
