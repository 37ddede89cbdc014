/** The steps of bringing an older database to the schema of this Weir, in their order. */
export const UPGRADE_STEPS = [
  /** A backup of what is there. */
  'backup',
  /** Proved by opening it. */
  'prove',
  /** A working copy of it. */
  'copy',
  /** The working copy gets the new schema, and all of it is looked at. */
  'convert',
] as const

/** How far that is. */
export interface UpgradeProgress {
  readonly from: number
  readonly to: number
  readonly step: (typeof UPGRADE_STEPS)[number]
  /** How much of the step is done, from 0 to 1; null where it does not say. */
  readonly done: number | null
}
