import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { WeirError } from './weir-error.ts'

/** What decides where the data folder is. */
export interface DataFolderChoice {
  /** What `--data-dir` says, relative to `workingDir`. */
  readonly flag: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly homeDir: string
  readonly workingDir: string
}

/** The folder, and whether somebody named it or it is the platform's default. */
export interface DataFolderPath {
  readonly path: string
  readonly isNamed: boolean
}

/** Folders of ours are the operator's alone. */
const PRIVATE_FOLDER = 0o700
/** What a folder of ours must not grant: anything to group and others. */
const SHARED_BITS = 0o077

/**
 * Where the data is: `--data-dir`, else `WEIR_DATA_DIR`, else the platform's folder for application data. The window,
 * the server and the command line all ask here, so that they speak of the same data when nobody names a folder.
 */
export function dataFolderPath(choice: DataFolderChoice): DataFolderPath {
  const named = choice.flag ?? choice.env['WEIR_DATA_DIR']
  if (named) return { path: resolve(choice.workingDir, named), isNamed: true }
  return { path: defaultFolder(choice), isNamed: false }
}

function defaultFolder({ env, platform, homeDir }: DataFolderChoice): string {
  // On macOS and Windows the folder itself belongs to the window's Chromium profile; ours is inside it.
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'Weir', 'data')
  if (platform === 'win32') return join(env['APPDATA'] || join(homeDir, 'AppData', 'Roaming'), 'Weir', 'data')
  // The XDG rules say that a relative path is to be ignored.
  const base = env['XDG_DATA_HOME']
  return join(base?.startsWith('/') ? base : join(homeDir, '.local', 'share'), 'weir')
}

/** From here on every file and folder this process makes is its owner's alone, whatever the shell's umask was. */
export function keepFilesPrivate(): void {
  process.umask(SHARED_BITS)
}

/**
 * Makes the data folder and its `logs`, readable by the owner only. A folder that was there before is closed to others
 * only when it is empty or ours: `--data-dir /tmp` must not lock everybody out of /tmp.
 * Errors: `storage_unavailable`.
 */
export function prepareDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })
    const names = readdirSync(path)
    if (names.length === 0 || existsSync(join(path, 'auth.db'))) chmodSync(path, PRIVATE_FOLDER)
    mkdirSync(join(path, 'logs'), { recursive: true, mode: PRIVATE_FOLDER })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WeirError(
      'storage_unavailable',
      `The data folder ${path} cannot be used: ${reason}. Name another one with --data-dir.`,
      { cause: error },
    )
  }
}
