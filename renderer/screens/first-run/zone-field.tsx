import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { text } from '../../text.ts'

/** In which time zone months begin: to be chosen before the first turn is booked, and never after it. */
export function ZoneField(): ReactNode {
  const status = useStatus().data
  const update = useWeirMutation('settings.update')
  if (status === undefined || status.turns > 0) return null
  const zones = [...new Set([status.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  return (
    <NativeSelect
      label={text.import.zone}
      description={text.import.zoneHint}
      data={zones}
      value={update.isPending ? update.variables.time_zone : status.time_zone}
      onChange={(event) => update.mutate({ time_zone: event.currentTarget.value }, { onError: showProblem })}
    />
  )
}
