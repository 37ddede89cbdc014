import type { Manifest } from '../backup/manifest.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import type { CompareInput, Comparison } from './compare-task.ts'
import type { Carried, CarryInput, FinishInput, Sealed } from './restore-task.ts'
import type { StageInput, StageProgress } from './staged-database.ts'

/** The worker thread of a restore: the tasks of `compare-task.ts`, `staged-database.ts` and `restore-task.ts`. */
export interface RestoreWorker {
  readonly scanner: SessionScanner
  compare(input: CompareInput): Promise<Comparison>
  /** Proves a backup where it lies. Errors: `backup_damaged`, `database_newer`, `storage_full`. */
  verify(folder: string): Promise<Manifest>
  stage(
    input: StageInput,
    signal: AbortSignal,
    onProgress: (progress: StageProgress) => void,
  ): Promise<Manifest>
  migrate(staged: string): Promise<number>
  carry(input: CarryInput): Promise<Carried>
  recompute(input: FinishInput): Promise<{ readonly turns: number }>
  seal(input: FinishInput): Promise<Sealed>
  close(): Promise<void>
}
