import type { Configuration } from 'electron-builder'
import { FUSES } from './fuses.ts'

/** What differs from one runtime to the other. */
export interface PackageRuntime {
  /** Folder of the Electron to pack; it must be one for the platform that is packed for. */
  readonly dist: string
  readonly version: string
  /** The addon for an Electron too old for the one better-sqlite3 brings. */
  readonly sqliteBinding?: string | undefined
}

/** Everything that goes into the archive, and nothing else: no sources, no tests, no addon of another platform. */
const FILES = [
  '!**/*',
  'package.json',
  'out/main/**/*.js',
  'out/preload/preload.cjs',
  'out/renderer/**/*',
  'node_modules/better-sqlite3/package.json',
  'node_modules/better-sqlite3/LICENSE',
  'node_modules/better-sqlite3/lib/**/*.js',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills these in for the platform it packs for.
  'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
]

/**
 * The settings of electron-builder. Linux folders are built here; the other targets need tools or an Electron that
 * electron-builder downloads, see docs/package.md.
 *
 * @param runtime the Electron to pack; without one electron-builder downloads the pinned version
 */
export function packageConfig(runtime?: PackageRuntime): Configuration {
  return {
    appId: 'app.weir.console',
    productName: 'Weir',
    copyright: 'MIT licence',
    directories: { output: 'dist', buildResources: 'build/icons' },
    // The program that decides between window and command line; in a checkout the two are started apart.
    extraMetadata: { main: 'out/main/start.js' },
    files: FILES,
    // Only the addon, which the system loads from a file; the scripts beside it stay in the archive.
    asar: { smartUnpack: false },
    asarUnpack: ['**/*.node'],
    // The addon works with every Node from 22.14 on (Node-API 10), so there is nothing to compile.
    npmRebuild: false,
    // The console speaks English; Chromium's other 200 languages are 40 MB.
    electronLanguages: ['en', 'en-US'],
    electronFuses: FUSES,
    // The links that lead to a screen (electron/shell/deep-link.ts): into Info.plist and the .desktop file of an AppImage.
    protocols: [{ name: 'Weir', schemes: ['weir'] }],
    extraResources: [
      { from: 'dist/third-party.txt', to: 'third-party.txt' },
      ...(runtime?.sqliteBinding ? [{ from: runtime.sqliteBinding, to: 'better_sqlite3.node' }] : []),
    ],
    ...(runtime === undefined ? {} : { electronDist: runtime.dist, electronVersion: runtime.version }),
    linux: {
      target: ['dir'],
      executableName: 'weir-window',
      icon: 'build/icons',
      category: 'Utility',
      synopsis: 'Meters what AI agents consume',
      extraFiles: [{ from: 'build/package/weir.sh', to: 'weir' }],
    },
    mac: {
      target: ['dmg', 'zip'],
      icon: 'build/icons/icon.icns',
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      extraFiles: [{ from: 'build/package/weir-mac.sh', to: 'Resources/weir' }],
    },
    win: {
      target: ['nsis', 'portable'],
      icon: 'build/icons/icon.ico',
      extraFiles: [{ from: 'build/package/weir.cmd', to: 'weir.cmd' }],
    },
    nsis: { oneClick: false, allowToChangeInstallationDirectory: true },
  }
}
