import type { Load, LoadRequest, LoadResult } from './load.ts'
import type { Quiet } from './other-work.ts'
import type { Bench } from './row.ts'
import { median, medianRatio } from './stats.ts'

/** Measuring two or more things alternately: what disturbs the machine then disturbs them all alike. */

/** Runs every measurement once a round, in turn, and answers each one's results in the order of the rounds. */
export async function inTurn<Name extends string, Result>(
  quiet: Quiet,
  rounds: number,
  measurements: Readonly<Record<Name, () => Promise<Result>>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(measurements) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round += 1) {
    // Whole rounds are repeated, never halves: A and B must have met the same machine.
    const round = await quiet.round(async () => {
      const measured: Result[] = []
      for (const name of names) measured.push(await measurements[name]())
      return measured
    })
    round.forEach((result, index) => {
      results[names[index] as Name].push(result)
    })
  }
  return results
}

/** The loads of a row, alternately, after each was run once to warm up. */
export async function loadsInTurn<Name extends string>(
  load: Load,
  { sizes, quiet }: Pick<Bench, 'sizes' | 'quiet'>,
  requests: Readonly<Record<Name, LoadRequest>>,
): Promise<Record<Name, LoadResult[]>> {
  const names = Object.keys(requests) as Name[]
  for (const name of names) await load.run({ ...requests[name], seconds: sizes.warmUpSeconds })
  const measurements = Object.fromEntries(names.map((name) => [name, () => load.run(requests[name])]))
  return inTurn(quiet, sizes.rounds, measurements as Record<Name, () => Promise<LoadResult>>)
}

/** The median over the rounds of one member. */
export function middle(results: readonly LoadResult[], member: keyof LoadResult): number {
  return median(results.map((result) => result[member]))
}

/** The median over the rounds of the quotient of one member. */
export function middleRatio(
  products: readonly LoadResult[],
  references: readonly LoadResult[],
  member: keyof LoadResult,
): number {
  return medianRatio(
    products.map((result) => result[member]),
    references.map((result) => result[member]),
  )
}
