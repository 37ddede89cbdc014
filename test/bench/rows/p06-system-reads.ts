import { figuresOf, type Read, timeReads, worstGrowth, worstP95 } from '../lib/reads.ts'
import { atMost, type Row } from '../lib/row.ts'
import { largestLedger } from '../lib/sizes.ts'

const READS: readonly Read[] = [
  {
    name: 'system summary, this month',
    call: (weir) => weir.consumption.systemSummary(),
    path: () => '/api/v1/consumption/system-summary',
  },
  {
    name: 'system summary, all months',
    call: (weir) => weir.consumption.systemSummary('all'),
    path: () => '/api/v1/consumption/system-summary?period=all',
  },
]

/** Reads about everybody together. */
export const systemReads: Row = {
  id: 'P6',
  title: 'Reads about the whole system',
  how: 'As P5, for the summary over all users. It is also what the execution dashboard shows for everybody.',
  run: async (bench) => {
    const times = await timeReads(bench, READS)
    const { sizes } = bench
    const slowest = Math.max(worstP95(times, 'in process'), worstP95(times, 'HTTP'))
    return {
      figures: figuresOf(times),
      verdicts: [
        atMost(
          `worst growth of a median at ${largestLedger(sizes)} ÷ ${sizes.ledgers[0]} turns: ≤ 3`,
          worstGrowth(times),
          3,
        ),
        atMost('worst p95: < 100 ms', slowest, 100),
      ],
    }
  },
}
