import { join } from 'node:path'

/** A database on disk: the file and what SQLite puts beside it. They are only ever moved together. */
export const FILE_SET = ['', '-wal', '-shm', '-journal'] as const

/** Where everything of a restore lies in a data folder. All of it is on one file system, so that renames are enough. */
export interface RestorePlaces {
  readonly dataDir: string
  /** The database that is served. */
  readonly database: string
  /** The folder of what is being prepared. Without an intent nothing in it counts. */
  readonly work: string
  /** The database that will be served. */
  readonly staged: string
  /** Written last: from then on the exchange is carried through, whatever happens. */
  readonly intent: string
  /** There while checks are refused, for whoever looks at the folder. */
  readonly lock: string
  /** What became of earlier restores, one file each. */
  readonly history: string
  /** The databases that were served before. */
  readonly kept: string
  /** Restored databases that could not be opened. */
  readonly failed: string
}

/** The places in a data folder. */
export function restorePlaces(dataDir: string): RestorePlaces {
  const work = join(dataDir, 'restore')
  return {
    dataDir,
    database: join(dataDir, 'auth.db'),
    work,
    staged: join(work, 'staged.db'),
    intent: join(work, 'intent.json'),
    lock: join(dataDir, 'restore.lock'),
    history: join(dataDir, 'restores'),
    kept: join(dataDir, 'quarantine'),
    failed: join(dataDir, 'failed'),
  }
}
