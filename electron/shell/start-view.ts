import type { OperationOutput } from '../../shared/contract/index.ts'
import { RESTORE_STEP_NAMES } from '../../shared/restore-step-names.ts'
import { UPGRADE_STEPS, type UpgradeProgress } from '../core/kernel/upgrade-progress.ts'

/** What the window shows while something takes its time before Weir is there. */

type Run = OperationOutput<'restore.get'>

/** One line of it. */
export interface StartStep {
  readonly name: string
  readonly state: 'waiting' | 'running' | 'done'
}

/** All of it. */
export interface StartView {
  readonly title: string
  readonly text: string
  readonly steps: readonly StartStep[]
  /** How much of the running step is done, from 0 to 1; null where it does not say. */
  readonly done: number | null
}

const UPGRADE_NAMES = {
  backup: 'Back up what is there',
  prove: 'Prove the backup',
  copy: 'Make a working copy',
  convert: 'Convert the copy and look at all of it',
} as const satisfies Record<(typeof UPGRADE_STEPS)[number], string>

const RESTORE_NAMES = {
  ...RESTORE_STEP_NAMES,
  // Of a database that is damaged, before anything is served.
  safety_backup: 'Back up what can be read',
  reopen: 'Open it',
} as const satisfies Record<Run['steps'][number]['step'], string>

/** While an older database is converted. */
export function upgradeView({ from, to, step, done }: UpgradeProgress): StartView {
  const at = UPGRADE_STEPS.indexOf(step)
  return {
    title: 'Converting the database',
    text: `It has the schema ${from}, and this Weir needs ${to}. A copy is converted; the database of now is kept.`,
    steps: UPGRADE_STEPS.map((one, index) => ({
      name: UPGRADE_NAMES[one],
      state: index < at ? 'done' : index === at ? 'running' : 'waiting',
    })),
    done,
  }
}

/** While a damaged database is recovered; null while a backup that is whole is looked for. */
export function recoveryView(run: Run | null): StartView {
  const running = run?.steps.find(({ state }) => state === 'running')
  const { bytes, bytes_total: total } = running?.figures ?? {}
  return {
    title: 'Recovering the database',
    text: 'The newest backup that is whole takes its place. The damaged files are kept.',
    steps: [
      { name: 'Look for the newest backup that is whole', state: run === null ? 'running' : 'done' },
      ...(run?.steps ?? []).map(({ step, state }) => ({ name: RESTORE_NAMES[step], state: stateOf(state) })),
    ],
    done: bytes === undefined || total === undefined || total === 0 ? null : bytes / total,
  }
}

function stateOf(state: Run['steps'][number]['state']): StartStep['state'] {
  if (state === 'running') return 'running'
  return state === 'done' || state === 'skipped' ? 'done' : 'waiting'
}

const MARKS = { waiting: '○', running: '●', done: '✓' } as const
const SPOKEN = { waiting: 'not yet', running: 'now', done: 'done' } as const
const PERCENT = 100

/** The changing part of the page. All its words are ours, and the figures are numbers. */
export function startLines({ title, text, steps, done }: StartView): string {
  const lines = steps.map(
    ({ name, state }) =>
      `<li class="${state}"><span aria-hidden="true">${MARKS[state]}</span> ${name}<i>, ${SPOKEN[state]}</i></li>`,
  )
  const value = done === null ? '' : ` value="${Math.round(done * PERCENT)}"`
  return `<h1>${title}</h1><p>${text}</p><ul>${lines.join('')}</ul><progress max="${PERCENT}"${value} aria-label="Of this step"></progress>`
}

/** The whole page. Nothing in it runs, and it loads nothing. */
export function startPage(view: StartView): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Weir: ${view.title}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; padding: 1.25rem 1.5rem; cursor: default; }
  h1 { font-size: 1.2rem; margin: 0 0 .25rem; }
  p { margin: 0 0 .75rem; }
  ul { list-style: none; margin: 0 0 .75rem; padding: 0; }
  li { opacity: .7; }
  li.running { opacity: 1; font-weight: 600; }
  li i { position: absolute; left: -999rem; }
  progress { width: 100%; }
</style>
</head>
<body><main aria-live="polite">${startLines(view)}</main></body>
</html>
`
}
