import { type LoadRequest, startLoad } from '../lib/load.ts'
import type { RequestPlan } from '../lib/request-plan.ts'
import { loadsInTurn, middle, middleRatio } from '../lib/rounds.ts'
import { atLeast, figure, type Row } from '../lib/row.ts'
import { startServe } from '../lib/serve.ts'
import { CONNECTIONS } from './p01-checks.ts'

/** How fast turns are recorded. */
export const records: Row = {
  id: 'P4',
  title: 'Recording turns through HTTP',
  how:
    'autocannon with 32 connections against one `weir serve`: new turns (eight to a session, all users in turn), checks, and pairs of a check and the turn that settles it, in turn. ' +
    'Everything is on disk before it is answered. The generator writes every turn anew, so it takes more of the machine than for checks.',
  run: async (bench) => {
    const { sizes, datasets } = bench
    const weir = await startServe(
      await datasets.copy(sizes.ledgers[0], { lifted: true }),
      bench.profileDir && `${bench.profileDir}/P4`,
    )
    const load = startLoad()
    try {
      const { executorToken: token, url } = weir
      const { users } = datasets
      const closed = (plan: RequestPlan): LoadRequest => ({
        kind: 'closed',
        url,
        plan,
        connections: CONNECTIONS,
        seconds: sizes.loadSeconds,
      })
      let loads = 0
      const prefixed = (kind: 'turns' | 'check-and-record') => ({
        ...closed({ kind: 'checks', token, users }),
        // Every load has sessions of its own: a turn sent twice would be a replay, which costs less.
        get plan(): RequestPlan {
          loads += 1
          return { kind, token, users, prefix: `${kind}-${loads}` }
        },
      })
      const results = await loadsInTurn(load, bench, {
        checks: closed({ kind: 'checks', token, users }),
        turns: prefixed('turns'),
        pairs: prefixed('check-and-record'),
      })
      const ratio = middleRatio(results.turns, results.checks, 'perSecond')
      const pairs = middle(results.pairs, 'perSecond') / 2
      return {
        figures: [
          figure(
            'turns, 32 connections ÷ checks',
            '1/s',
            middle(results.turns, 'perSecond'),
            middle(results.checks, 'perSecond'),
            {
              ratio,
              note: `load generator at ${Math.round(100 * middle(results.turns, 'generatorCpuShare'))} % of a core`,
            },
          ),
          figure(
            'p50: turns ÷ checks',
            'ms',
            middle(results.turns, 'p50Ms'),
            middle(results.checks, 'p50Ms'),
          ),
          figure(
            'p99: turns ÷ checks',
            'ms',
            middle(results.turns, 'p99Ms'),
            middle(results.checks, 'p99Ms'),
          ),
          figure('questions (a check and its turn)', '1/s', pairs),
        ],
        verdicts: [atLeast('turns recorded ÷ checks, 32 connections: ≥ 0.4', ratio, 0.4)],
      }
    } finally {
      await load.stop()
      await weir.stop()
    }
  },
}
