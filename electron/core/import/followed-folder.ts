import type { Database } from '../database/database.ts'
import { sessionsFolder } from '../settings/sessions-folder.ts'
import type { Settings } from '../settings/settings.ts'
import type { Followed } from './session-watcher.ts'

/** Which folder is followed by the settings as they are now. */
export async function followedFolder(
  startedWith: string | null,
  settings: Settings,
  { reader }: Pick<Database, 'reader'>,
): Promise<Followed> {
  if (!settings.watch_sessions) return { kind: 'off' }
  const sessionsDir = sessionsFolder(startedWith, settings)
  if (sessionsDir === null) return { kind: 'no_folder' }
  // The operator has not chosen yet what to begin with, nor the time zone, which the first turn fixes.
  if (settings.is_sample || (!settings.first_run_done && (await hasNoUsers(reader))))
    return { kind: 'not_set_up' }
  return { kind: 'folder', sessionsDir }
}

async function hasNoUsers(reader: Database['reader']): Promise<boolean> {
  return (await reader.selectFrom('users').select('key').limit(1).executeTakeFirst()) === undefined
}
