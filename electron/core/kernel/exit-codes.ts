import { WeirError } from './weir-error.ts'

/** What the processes of Weir end with, so that scripts can go on from there. */
export const EXIT = {
  /** Done, and all is fine. */
  fine: 0,
  /** Done, and a person should look. */
  look: 1,
  /** Called in a way that makes no sense. */
  usage: 2,
  /** It could not be done. */
  failed: 3,
  /** Another process has the data folder and does not answer. */
  folderInUse: 4,
  /** EX_SOFTWARE of sysexits.h: a bug of ours. */
  crashed: 70,
  /** 128 + SIGINT, as shells have it: somebody pressed Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code that fits an error: by its code when it has one of the ledger. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof WeirError)) return EXIT.failed
  if (error.code === 'invalid_request') return EXIT.usage
  return error.code === 'folder_in_use' ? EXIT.folderInUse : EXIT.failed
}

/** An error as one sentence for the person at the terminal; what is behind it goes to the log. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
