import { figuresOf, type Read, timeReads, worstGrowth, worstP95 } from '../lib/reads.ts'
import { atMost, type Row } from '../lib/row.ts'
import { largestLedger } from '../lib/sizes.ts'

/** A page of the console. */
const PAGE = 50
const LONG_PAGE = 100

const READS: readonly Read[] = [
  {
    name: 'summary of a user',
    call: (weir, user) => weir.consumption.summary(user),
    path: (user) => `/api/v1/consumption/summary?user_id=${user}`,
  },
  {
    name: `users list with threshold, ${LONG_PAGE} rows`,
    call: (weir) =>
      weir.consumption.users({ threshold: 1, sort: 'usage_percent', order: 'desc', limit: LONG_PAGE }),
    path: () => `/api/v1/consumption/users?threshold=1&sort=usage_percent&order=desc&limit=${LONG_PAGE}`,
  },
  {
    name: `turns of a user, first ${PAGE}`,
    call: (weir, user) => weir.consumption.turns({ user_id: user, limit: PAGE }),
    path: (user) => `/api/v1/consumption/turns?user_id=${user}&limit=${PAGE}`,
  },
  {
    name: `turns of everybody, first ${PAGE}`,
    call: (weir) => weir.consumption.turns({ limit: PAGE }),
    path: () => `/api/v1/consumption/turns?limit=${PAGE}`,
  },
]

/** Reads that must not grow with the ledger. */
export const userReads: Row = {
  id: 'P5',
  title: 'Reads about users',
  how:
    'Each read on ledgers of different size with the same users, one after the other, the sizes in turn; a third of the calls ask for one of the ten heaviest users. ' +
    'In process: a call of the core. HTTP: one keep-alive connection to `weir serve`, answer read to its end.',
  run: async (bench) => {
    const times = await timeReads(bench, READS)
    const { sizes } = bench
    const words = `at ${largestLedger(sizes)} ÷ ${sizes.ledgers[0]} turns`
    return {
      figures: figuresOf(times),
      verdicts: [
        atMost(`worst growth of a median ${words}: ≤ 2`, worstGrowth(times), 2),
        atMost('worst p95 in process: < 10 ms', worstP95(times, 'in process'), 10),
        atMost('worst p95 through HTTP: < 50 ms', worstP95(times, 'HTTP'), 50),
      ],
    }
  },
}
