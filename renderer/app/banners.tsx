import { Button, Group, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconEye,
  IconFileImport,
  IconFiles,
  IconFlask,
  IconHourglass,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Problem } from '../../shared/contract/problem.ts'
import { useNow } from '../components/use-now.ts'
import { text } from '../text.ts'
import { isUnreachable } from '../weir-client.ts'
import { DamageBanner } from './damage-banner.tsx'
import { showDone, showProblem } from './notify.ts'
import { useWeirMutation } from './queries.ts'
import { SampleRemoval } from './sample-removal.tsx'
import { isRestoring, useStatus, type WeirStatus } from './status.ts'

type Tone = 'bad' | 'warning' | 'note'

interface Banner {
  readonly id: string
  readonly tone: Tone
  readonly icon: typeof IconEye
  readonly says: string
  readonly action?: { readonly label: string; readonly run: () => void; readonly busy?: boolean }
}

/** What the operator must not miss, worst first, on every screen. `showsImport` is false where the screen itself shows it. */
export function Banners({ showsImport }: { readonly showsImport: boolean }): ReactNode {
  const status = useStatus()
  const navigate = useNavigate()
  const resume = useWeirMutation('enforcement.set')
  const now = useNow()
  const [removesSample, setRemovesSample] = useState(false)
  const acts: BannerActs = {
    showImport: (run) => void navigate({ to: '/import', search: { run } }),
    showEnforcement: () => void navigate({ to: '/enforcement' }),
    resume: () =>
      resume.mutate(
        { mode: 'on' },
        { onSuccess: () => showDone(text.enforcementScreen.state.resumed), onError: showProblem },
      ),
    isResuming: resume.isPending,
    removeSample: () => setRemovesSample(true),
  }
  const settings = useWeirMutation('settings.update')
  const showDatabase = (): void =>
    settings.mutate(
      { dashboards_source: 'database' },
      { onSuccess: () => showDone(text.shell.banner.databaseAgain), onError: showProblem },
    )
  const all = [
    ...connectionBanners(status),
    ...(status.data === undefined
      ? []
      : [
          ...stateBanners(status.data, acts, now),
          ...sourceBanners(status.data.dashboards, showDatabase, settings.isPending),
        ]),
  ]
  const banners = all.filter(
    // What was said before the answers stopped may say the same as that they have.
    ({ id }, at) => (showsImport || id !== 'import') && all.findIndex((one) => one.id === id) === at,
  )
  return (
    <>
      {removesSample && <SampleRemoval onClose={() => setRemovesSample(false)} />}
      <div className="banners" role="status">
        {status.data !== undefined && <DamageBanner storage={status.data.storage} />}
        {banners.map((banner) => (
          <Group key={banner.id} className="banner" data-tone={banner.tone} gap="sm" wrap="nowrap">
            <banner.icon size={17} aria-hidden className="banner-icon" />
            <Text size="sm" className="banner-text">
              {banner.says}
            </Text>
            {banner.action !== undefined && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={banner.action.run}
                loading={banner.action.busy === true}
              >
                {banner.action.label}
              </Button>
            )}
          </Group>
        ))}
      </div>
    </>
  )
}

/** Weir is gone, or answers with an error of its own. */
export function connectionBanners(status: UseQueryResult<WeirStatus, Problem>): readonly Banner[] {
  if (status.error === null || status.error.status === 401) return []
  // Not a fault: it is over in seconds, and the page asks again by itself.
  if (isRestoring(status.data, status.error)) return [restoringBanner()]
  const unreachable =
    status.dataUpdatedAt === 0
      ? text.shell.banner.unreachableFromStart
      : text.shell.banner.unreachable(status.dataUpdatedAt)
  return [
    {
      id: 'connection',
      tone: 'bad',
      icon: IconPlugConnectedX,
      says: isUnreachable(status.error) ? unreachable : `${status.error.title}. ${status.error.detail}`,
      action: { label: text.app.retry, run: () => void status.refetch(), busy: status.isFetching },
    },
  ]
}

function restoringBanner(): Banner {
  return { id: 'restoring', tone: 'note', icon: IconHourglass, says: text.shell.banner.restoring }
}

/** What the banners lead to. */
export interface BannerActs {
  readonly showImport: (run: string) => void
  readonly showEnforcement: () => void
  /** Enforces limits again at once. */
  readonly resume: () => void
  readonly isResuming: boolean
  /** Asks first. */
  readonly removeSample: () => void
}

/** Where the figures come from, when it is not the database as usual. */
export function sourceBanners(
  dashboards: WeirStatus['dashboards'],
  showDatabase: () => void,
  busy: boolean,
): readonly Banner[] {
  const words = text.shell.banner
  const { chosen, source, database_down_since, read_at, error } = dashboards
  if (chosen === 'database' && database_down_since === null) return []
  const isDown = database_down_since !== null
  const why = isDown ? words.databaseDown(database_down_since) : words.filesChosen
  const what =
    source === 'files' && read_at !== null
      ? words.filesShown(read_at)
      : error === null
        ? words.filesBeingRead
        : words.filesFailed(error)
  return [
    {
      id: 'source',
      tone: isDown ? 'bad' : 'warning',
      icon: IconFiles,
      says: `${why} ${what}`,
      ...(chosen === 'files' && {
        action: { label: words.showDatabase, run: showDatabase, busy },
      }),
    },
  ]
}

/** What Weir says about itself, worst first. `now` (milliseconds) counts down to what ends by itself. */
export function stateBanners(status: WeirStatus, acts: BannerActs, now: number): readonly Banner[] {
  const words = text.shell.banner
  const { mode, reason, until } = status.enforcement
  const run = status.running_import
  const banners: Banner[] = []
  const resume = { label: words.resume, run: acts.resume, busy: acts.isResuming }
  if (mode === 'off') {
    banners.push({
      id: 'off',
      tone: 'bad',
      icon: IconAlertTriangle,
      says: words.enforcementOff(reason, until, now),
      action: resume,
    })
  }
  if (mode === 'observe') {
    banners.push({
      id: 'observe',
      tone: 'warning',
      icon: IconEye,
      says: words.enforcementObserve(reason, until, now),
      action: resume,
    })
  }
  if (status.override_until !== null) {
    banners.push({
      id: 'override',
      tone: 'warning',
      icon: IconAlertTriangle,
      says: words.override(status.override_until),
      action: { label: words.showOverride, run: acts.showEnforcement },
    })
  }
  if (status.state === 'restoring') banners.push(restoringBanner())
  if (status.state === 'stopping') {
    banners.push({ id: 'state', tone: 'warning', icon: IconHourglass, says: words.stopping })
  }
  if (status.is_sample) {
    banners.push({
      id: 'sample',
      tone: 'note',
      icon: IconFlask,
      says: words.sample,
      action: { label: words.removeSample, run: acts.removeSample },
    })
  }
  if (run !== null) {
    banners.push({
      id: 'import',
      tone: 'note',
      icon: IconFileImport,
      says: words.importing(run.files_done, run.files_total),
      action: { label: words.showImport, run: () => acts.showImport(run.run_id) },
    })
  }
  return banners
}
