/** How much a run measures. Everything is bounded in count or time, so that it ends by itself. */
export interface Sizes {
  readonly name: 'quick' | 'full' | 'large'
  readonly users: number
  /** Turns of the ledgers that are compared, ascending. */
  readonly ledgers: readonly [number, ...number[]]
  /** A and B are measured alternately this often. */
  readonly rounds: number
  readonly loadSeconds: number
  readonly warmUpSeconds: number
  /** Calls of each read in process and through HTTP. */
  readonly reads: number
  readonly admissionsARound: number
  readonly sessionFiles: number
  readonly residentSeconds: number
  /** The database a backup is made of. */
  readonly backupBytes: number
  /** Turns of the ledger that is restored. */
  readonly restoreTurns: number
}

const FULL: Sizes = {
  name: 'full',
  users: 1_000,
  ledgers: [100_000, 1_000_000],
  // Five rounds: the median then survives two disturbances by other work on the machine.
  rounds: 5,
  loadSeconds: 4,
  warmUpSeconds: 3,
  reads: 300,
  admissionsARound: 32_000,
  sessionFiles: 5_000,
  residentSeconds: 240,
  backupBytes: 1e9,
  restoreTurns: 200_000,
}

/** The sizes by name; `quick` takes less than a minute and shows that everything works, not how fast it is. */
export const SIZES: Readonly<Record<Sizes['name'], Sizes>> = {
  quick: {
    name: 'quick',
    users: 200,
    ledgers: [5_000, 20_000],
    rounds: 2,
    loadSeconds: 1,
    warmUpSeconds: 0.5,
    reads: 30,
    admissionsARound: 3_200,
    sessionFiles: 500,
    residentSeconds: 5,
    backupBytes: 60e6,
    restoreTurns: 20_000,
  },
  full: FULL,
  large: { ...FULL, name: 'large', ledgers: [100_000, 1_000_000, 10_000_000] },
}

/** The largest ledger of these sizes. */
export function largestLedger(sizes: Sizes): number {
  return sizes.ledgers.at(-1) ?? sizes.ledgers[0]
}

/** The ledger of 10^6 turns, or what stands for it in a quick run: rows that speak of a million use this. */
export function millionLedger(sizes: Sizes): number {
  return sizes.ledgers[1] ?? sizes.ledgers[0]
}

/** The sizes in words, for the report. */
export function describeSizes(sizes: Sizes): string {
  const ledgers = sizes.ledgers.map((turns) => turns.toLocaleString('en-US').replaceAll(',', ' ')).join(' / ')
  return (
    `${sizes.name}: ${sizes.users} users, ledgers of ${ledgers} turns, ${sizes.sessionFiles} session files, ` +
    `${sizes.rounds} rounds of ${sizes.loadSeconds} s`
  )
}
