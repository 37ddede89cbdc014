import type { OperationOutput } from '../../shared/contract/index.ts'

/** What the three faces may ask of the session files. */
export interface SessionFilesApi {
  state(): OperationOutput<'sessionFiles.get'>
  /** Reads changed files in now. Errors: `busy`, `folder_unreadable`, `storage_full`, `storage_unavailable`, `shutting_down`. */
  catchUp(): Promise<OperationOutput<'sessionFiles.catchUp'>>
  /** Begins to follow the folder, where the ports have timers. A face calls it once it is open. */
  start(): void
  /** Looks soon: the machine has woken up, or a setting has changed. */
  look(): void
}
