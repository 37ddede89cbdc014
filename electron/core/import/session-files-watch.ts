import { SECOND_MS } from '../../../shared/units.ts'
import type { CheckFinding, ReadinessCheck } from '../api.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'
import type { SessionWatcher } from './session-watcher.ts'

/** What readiness and metrics are told of following the session files. */

type State = ReturnType<SessionWatcher['state']>

/** Catching up takes seconds; who is this far behind does not follow. */
const BEHIND_MS_MAX = 15 * 60 * SECOND_MS

/** Readiness: the ledger is up with the session files, and all of them can be read. */
export function sessionFilesCheck(watcher: Pick<SessionWatcher, 'state'>, clock: Clock): ReadinessCheck {
  return {
    id: 'session-files',
    title: 'Session files are read in',
    run: async () => findingOf(watcher.state(), clock.now()),
  }
}

function findingOf(state: State, now: number): CheckFinding {
  const since = state.caught_up_at
  const person = (evidence: string, text: string, path: string): CheckFinding => ({
    state: 'attention',
    evidence,
    since,
    fix: { text, path },
  })
  const unknown = (evidence: string): CheckFinding => ({ state: 'unknown', evidence, since, fix: null })
  switch (state.state) {
    case 'no_folder':
      return unknown('No folder of session files is known; turns come through the interface alone.')
    case 'not_set_up':
      return unknown('Weir is not set up yet, or shows sample data.')
    case 'not_started':
      return unknown('This process does not follow the session files; the window and weir serve do.')
    case 'off':
      return unknown('Reading session files in is switched off in the settings.')
    case 'failing':
      return person(
        state.last_error?.detail ?? 'The session files cannot be read.',
        'Mend the folder, or name another one.',
        '/settings',
      )
    case 'following':
      return following(state, now, person)
  }
}

function following(
  state: State,
  now: number,
  person: (evidence: string, text: string, path: string) => CheckFinding,
): CheckFinding {
  const [first] = state.problems
  if (first !== undefined) {
    const others = state.problem_count > 1 ? ` (and ${state.problem_count - 1} more)` : ''
    return person(
      `${first.path}${others}: ${first.reason}`,
      'Compare files and books; what is missing is named there.',
      '/reconciliation',
    )
  }
  const at = state.caught_up_at === null ? null : Date.parse(state.caught_up_at)
  if (at === null || now - at > BEHIND_MS_MAX) {
    return person(
      at === null ? 'The folder was not read to its end yet.' : `Not caught up since ${state.caught_up_at}.`,
      'Look into the log for what keeps it.',
      '/logs?area=sessions',
    )
  }
  const seconds = Math.max(0, Math.round((now - at) / SECOND_MS))
  const files = (state.last_pass?.files_read ?? 0) + (state.last_pass?.files_unchanged ?? 0)
  return {
    state: 'ok',
    evidence: `Caught up ${seconds} s ago with ${files.toLocaleString('en-US')} files.`,
    since: state.caught_up_at,
    fix: null,
  }
}

/** Metrics: how far behind, what waits, what was read; nothing while nothing is followed. */
export function sessionFilesSamples(watcher: Pick<SessionWatcher, 'state'>, clock: Clock): readonly Sample[] {
  const state = watcher.state()
  if (state.last_pass === null) return []
  const gauge = (name: string, help: string, value: number): Sample => ({ name, help, type: 'gauge', value })
  const counter = (name: string, help: string, value: number): Sample => ({
    name,
    help,
    type: 'counter',
    value,
  })
  const age =
    state.caught_up_at === null
      ? []
      : [
          gauge(
            'weir_session_files_caught_up_age_seconds',
            'Time since everything in the session files was in the ledger',
            Math.max(0, clock.now() - Date.parse(state.caught_up_at)) / SECOND_MS,
          ),
        ]
  return [
    ...age,
    gauge(
      'weir_session_files_waiting',
      'Changed session files that were still being written to',
      state.files_waiting,
    ),
    gauge(
      'weir_session_files_problems',
      'Session files that could not be read or have lost turns',
      state.problem_count,
    ),
    gauge(
      'weir_session_files_pass_duration_seconds',
      'How long the last look at the session files took',
      state.last_pass.took_ms / SECOND_MS,
    ),
    counter(
      'weir_session_files_read_total',
      'Session files read in since this process started',
      state.files_read,
    ),
    counter(
      'weir_session_turns_written_total',
      'Ledger rows written from session files that were followed, since this process started',
      state.turns_written,
    ),
  ]
}
