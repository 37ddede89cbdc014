import type { Settings } from './settings.ts'

/** Where in the data folder Weir writes session files itself. */
export const OWN_SESSIONS = 'sessions'

/**
 * The folder of the platform's session files, or null while nobody has named one. What Weir was started with (the
 * command line, the environment, or settings.json, which the settings screen writes) goes before what was imported
 * or compared last: the operator said the one and only used the other. Where Weir writes the files it is its own.
 */
export function sessionsFolder(
  startedWith: string | null,
  settings: Pick<Settings, 'sessions_dir' | 'sessions_writer'>,
  ownFolder: string,
): string | null {
  if (settings.sessions_writer === 'weir') return ownFolder
  return startedWith ?? settings.sessions_dir
}
