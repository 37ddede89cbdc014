import { resolve } from 'node:path'
import { type DataFolderChoice, dataFolderPath } from './data-folder-path.ts'
import { parsePort, readSettingsFile } from './settings-file.ts'

/** Where the executor expects Weir when nobody says otherwise. */
export const DEFAULT_PORT = 5055

/** What a face of Weir is started with: the surroundings and what was typed. */
export interface StartChoice extends DataFolderChoice {
  /** What `--port` says. */
  readonly portFlag: string | undefined
  /** What `--sessions-dir` says, relative to `workingDir`. */
  readonly sessionsDirFlag: string | undefined
}

/** What it comes down to. */
export interface StartSettings {
  /** Absolute. */
  readonly dataDir: string
  readonly isDataDirNamed: boolean
  /** 0 takes any free one. */
  readonly port: number
  /** Absolute, or null when nobody named one. */
  readonly sessionsDir: string | null
}

/**
 * What was typed goes before the environment, that before `settings.json`, and that before the defaults.
 * Errors: `invalid_request` (a port that is none), `storage_unavailable` (a broken settings.json).
 */
export function startSettings(choice: StartChoice): StartSettings {
  const folder = dataFolderPath(choice)
  const file = readSettingsFile(folder.path)
  const { sessionsDirFlag, workingDir } = choice
  return {
    dataDir: folder.path,
    isDataDirNamed: folder.isNamed,
    port: typedPort(choice) ?? file.port ?? DEFAULT_PORT,
    // A relative folder in the file is meant from the file's folder, a typed one from where it was typed.
    sessionsDir: sessionsDirFlag ? resolve(workingDir, sessionsDirFlag) : sessionsDirOfFile(folder.path),
  }
}

/** The folder of session files as `settings.json` of a data folder names it; absolute, or null. Errors: `storage_unavailable`. */
export function sessionsDirOfFile(dataDir: string): string | null {
  const { sessionsDir } = readSettingsFile(dataDir)
  return sessionsDir ? resolve(dataDir, sessionsDir) : null
}

function typedPort(choice: StartChoice): number | undefined {
  if (choice.portFlag !== undefined) return parsePort(choice.portFlag, '--port')
  const fromEnv = choice.env['WEIR_PORT']
  return fromEnv ? parsePort(fromEnv, 'WEIR_PORT') : undefined
}
