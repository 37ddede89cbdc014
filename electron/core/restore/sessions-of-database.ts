import { join } from 'node:path'
import { openReadHandle } from '../database/open-handle.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { OWN_SESSIONS, sessionsFolder } from '../settings/sessions-folder.ts'
import { SETTINGS } from '../settings/settings.ts'

/** Where a database nobody serves is, and what this process was started with. */
export interface SessionsQuestion {
  readonly database: string
  readonly sqliteBinding: string | null
  readonly startedWith: string | null
  readonly dataDir: string
}

/** The folder of session files by the settings of a database nobody serves; one that cannot be read says nothing. */
export function sessionsOfDatabase(asked: SessionsQuestion): string | null {
  return sessionsFolder(asked.startedWith, storedSettings(asked), join(asked.dataDir, OWN_SESSIONS))
}

function storedSettings({ database, sqliteBinding }: SessionsQuestion) {
  const initial = {
    sessions_dir: SETTINGS.sessions_dir.initial,
    sessions_writer: SETTINGS.sessions_writer.initial,
  }
  try {
    const handle = openReadHandle(database, sqliteBinding)
    try {
      const stored = (name: 'sessions_dir' | 'sessions_writer'): unknown => {
        const text = handle.prepare('select value from system_settings where name = ?').pluck().get(name)
        return typeof text === 'string' ? JSON.parse(text) : initial[name]
      }
      return {
        sessions_dir: SETTINGS.sessions_dir.schema.parse(stored('sessions_dir')),
        sessions_writer: SETTINGS.sessions_writer.schema.parse(stored('sessions_writer')),
      }
    } finally {
      handle.close()
    }
  } catch (error) {
    if (error instanceof WeirError) return initial
    throw error
  }
}
