import { readFileSync } from 'node:fs'

/** Where a V8 CPU profile says the time went: `node test/bench/profile-top.ts FILE.cpuprofile`. */

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Lines worth reading. */
const SHOWN = 45

const profile = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Profile
const names = new Map(
  profile.nodes.map(({ id, callFrame }) => {
    const place =
      callFrame.url === ''
        ? ''
        : ` ${callFrame.url.replace(/^.*\/(?=[^/]+$)/, '')}:${callFrame.lineNumber + 1}`
    return [id, `${callFrame.functionName || '(anonymous)'}${place}`]
  }),
)
const selfUs = new Map<string, number>()
let totalUs = 0
for (const [index, id] of profile.samples.entries()) {
  const name = names.get(id) ?? ''
  // A thread that waits for requests is not what is looked for.
  if (name === '(idle)' || name === '(program)') continue
  const delta = profile.timeDeltas[index] ?? 0
  selfUs.set(name, (selfUs.get(name) ?? 0) + delta)
  totalUs += delta
}
const top = [...selfUs].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)
for (const [name, us] of top) {
  process.stdout.write(`${((100 * us) / totalUs).toFixed(1).padStart(5)} %  ${name}\n`)
}
