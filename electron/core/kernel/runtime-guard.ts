/** The versions a process runs on, as `process.versions` gives them. */
export interface RuntimeVersions {
  readonly node: string
  /** Highest Node-API version the runtime offers; the addon needs one, and asks for it without checking. */
  readonly napi?: string | undefined
  readonly electron?: string | undefined
}

/** EX_CONFIG of sysexits.h: the surroundings are wrong, not the input. */
export const EXIT_WRONG_RUNTIME = 78

/** better-sqlite3 13 is compiled against this Node-API version; an older runtime dies in it with a segmentation fault. */
const NAPI_NEEDED = 10

/**
 * Says in one sentence why this runtime cannot hold the database, or nothing when it can.
 * Ask before anything imports better-sqlite3: once the addon is loaded it is too late.
 *
 * @param specialBinding path of an addon compiled for an older runtime, as `WEIR_SQLITE_BINDING` names it
 */
export function runtimeProblem(versions: RuntimeVersions, specialBinding?: string): string | undefined {
  if (Number(versions.napi ?? 0) >= NAPI_NEEDED) return undefined
  // The addon that build/electron-runtime.mjs compiles for Electron 33 needs less, and says so by being named.
  if (versions.electron !== undefined && specialBinding) return undefined
  const found = versions.electron ? `Electron ${versions.electron}` : `Node ${versions.node}`
  return (
    `Weir needs Node 22.14 or newer (Electron 36 or newer) and was started with ${found}; ` +
    'start it with "npm start" or "npm run weir -- <command>", which use the Node that npm ci installed.'
  )
}

/**
 * The addon for the database that was made for an Electron too old for the usual one; see `build/electron-runtime.mjs`.
 * Plain Node never needs it, also where the variable is set for a window that is started beside it.
 */
export function specialBinding(
  env: Readonly<Record<string, string | undefined>>,
  versions: RuntimeVersions,
): string | null {
  return versions.electron === undefined ? null : env['WEIR_SQLITE_BINDING'] || null
}
