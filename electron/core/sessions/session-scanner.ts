import type { FolderLook } from './look-at-folder.ts'
import type { ScanInput, ScanMessage, ScanResult } from './scan-sessions.ts'

/** Reading session files without blocking the caller: what importing and reconciling ask for. */
export interface SessionScanner {
  /** What is in a folder, without opening a file. */
  look(sessionsDir: string): Promise<FolderLook>
  /**
   * Reads a folder; the next message comes when `onMessage` has settled, and what it throws ends the scan.
   * Errors: `folder_unreadable`, `shutting_down`, `internal`, and what `onMessage` throws.
   */
  scan(input: ScanInput, onMessage: (message: ScanMessage) => Promise<void>): Promise<ScanResult>
}
