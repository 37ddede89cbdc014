import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { FUSES } from './fuses.ts'

/** The switches as they stand in a binary. */
export type FuseWire = Awaited<ReturnType<typeof getCurrentFuseWire>>

/** What was read back from a built folder. */
export interface PackageReport {
  /** A sentence for everything that is not as it should be; empty when all is well. */
  readonly problems: readonly string[]
  readonly files: number
  readonly bytes: number
  readonly archiveBytes: number
  readonly archiveFiles: number
}

/** All that may be in the archive; whatever matches none of these has no business there. */
const ALLOWED = [
  /^package\.json$/,
  /^out\/main\/(main|start|serve|cli|worker)\.js$/,
  /^out\/main\/chunks\/[\w.-]+\.js$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/(index\.html|logo\.svg|theme-boot\.js)$/,
  /^out\/renderer\/assets\/[\w.-]+\.(js|css|woff2?|svg|png)$/,
  /^node_modules\/better-sqlite3\/(package\.json|LICENSE)$/,
  /^node_modules\/better-sqlite3\/lib\/[\w/-]+\.js$/,
]

/** Without these it does not start. */
const NEEDED = [
  'package.json',
  'out/main/start.js',
  'out/main/worker.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
]

/**
 * Judges the list of files in the archive.
 * @param files paths in the archive, with `/`, without a leading one, folders left out
 * @param addon the one native addon that belongs into it, such as `linux-x64`
 */
export function archiveProblems(files: readonly string[], addon: string): string[] {
  const addonFile = `node_modules/better-sqlite3/prebuilds/${addon}.node`
  const strays = files.filter((file) => file !== addonFile && !ALLOWED.some((rule) => rule.test(file)))
  const missing = [...NEEDED, addonFile].filter((file) => !files.includes(file))
  return [
    ...strays.map((file) => `${file} does not belong into the package.`),
    ...missing.map((file) => `${file} is missing from the package.`),
  ]
}

/** Compares the switches read from a binary with the table the packager was given. */
export function fuseProblems(wire: FuseWire): string[] {
  return Object.entries(FUSES).flatMap(([name, wanted]) => {
    const option = `${name.charAt(0).toUpperCase()}${name.slice(1)}` as keyof typeof FuseV1Options
    const found = wire[FuseV1Options[option]]
    const isRight = found === (wanted ? FuseState.ENABLE : FuseState.DISABLE)
    return isRight ? [] : [`The fuse ${option} is not ${wanted ? 'on' : 'off'} in the binary.`]
  })
}

/**
 * Reads a built folder for Linux back: its fuses, its archive and its size.
 * @param folder such as `dist/linux-unpacked`
 * @param addon such as `linux-x64`
 */
export async function checkPackage(folder: string, addon: string): Promise<PackageReport> {
  const archive = join(folder, 'resources', 'app.asar')
  const listed = listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/').slice(1))
  const folders = new Set(listed.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))))
  const files = listed.filter((path) => !folders.has(path))
  const sizes = sizesBelow(folder)
  return {
    problems: [
      ...fuseProblems(await getCurrentFuseWire(join(folder, 'weir-window'))),
      ...archiveProblems(files, addon),
      ...(existsSync(join(folder, 'resources', 'default_app.asar'))
        ? ["Electron's own default app is still in the package."]
        : []),
    ],
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    archiveBytes: lstatSync(archive).size,
    archiveFiles: files.length,
  }
}

function sizesBelow(folder: string): number[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => lstatSync(join(entry.parentPath, entry.name)).size)
}
