import type { Configuration } from 'electron-builder'

/**
 * The switches inside the packaged binary (DESIGN of Electron's fuses: https://www.electronjs.org/docs/latest/tutorial/fuses).
 * One table for the packager, which sets them, and for the check, which reads them back from what was built.
 */
export const FUSES = {
  // With it, ELECTRON_RUN_AS_NODE would run any script under our name; the command line does not need it (electron/start.ts).
  runAsNode: false,
  // NODE_OPTIONS could load a module into Weir before its first line.
  enableNodeOptionsEnvironmentVariable: false,
  // --inspect would hand the running core, with its database, to whoever reaches the port.
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  // Checked by Electron on macOS and Windows; it has no effect on Linux.
  enableEmbeddedAsarIntegrityValidation: true,
  // A folder named "app" beside the archive must not be started in its place.
  onlyLoadAppFromAsar: true,
  // There is no such snapshot, and without one Electron does not start.
  loadBrowserProcessSpecificV8Snapshot: false,
  // The page comes from app://weir, so file:// needs no more rights than in a browser.
  grantFileProtocolExtraPrivileges: false,
} as const satisfies NonNullable<Configuration['electronFuses']>
