import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, tail } from '../support.mjs'

/** A pack of 250 MB takes 15 s on a slow machine; ten minutes mean that something hangs. */
const PACK_LIMIT_MS = 600_000

/** Names of Debian's packages for what Electron links to; see build/setup-debian.sh. */
const DEB_DEPENDS = ['libgtk-3-0', 'libnss3', 'libgbm1', 'libasound2']

/** Where the .deb puts the program. */
const INSTALL_FOLDER = 'opt/Weir'

/** What an archive is made of. */
export interface ArchiveParts {
  /** The built folder, `dist/linux-unpacked`. */
  readonly folder: string
  /** Name of the file without its ending. */
  readonly name: string
  readonly version: string
  readonly arch: 'x64' | 'arm64'
}

/** Packs the folder with the system's tar: electron-builder would download a packer for it. Answers the file. */
export async function makeTarGz({ folder, name }: ArchiveParts): Promise<string> {
  const file = join(ROOT, 'dist', `${name}.tar.gz`)
  const asName = `--transform=s,^\\.,${name},`
  await must('tar', ['-czf', file, '--owner=0', '--group=0', asName, '-C', folder, '.'])
  return file
}

/** Packs a Debian package with dpkg-deb: electron-builder would download fpm for it. Answers the file. */
export async function makeDeb(parts: ArchiveParts): Promise<string> {
  const file = join(ROOT, 'dist', `${parts.name}.deb`)
  const tree = join(ROOT, 'dist', 'deb')
  rmSync(tree, { recursive: true, force: true })
  fillTree(tree, parts)
  // gzip: five times as fast as the default, and 20 MB more.
  await must('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, file])
  rmSync(tree, { recursive: true, force: true })
  return file
}

function fillTree(tree: string, { folder, version, arch }: ArchiveParts): void {
  const at = (path: string): string => {
    const full = join(tree, path)
    mkdirSync(join(full, '..'), { recursive: true })
    return full
  }
  cpSync(folder, at(INSTALL_FOLDER), { recursive: true, verbatimSymlinks: true })
  // Where the kernel gives ordinary users no namespaces, Chromium's sandbox works only through this helper.
  chmodSync(join(tree, INSTALL_FOLDER, 'chrome-sandbox'), 0o4755)
  symlinkSync(`/${INSTALL_FOLDER}/weir`, at('usr/bin/weir'))
  writeFileSync(at('usr/share/applications/weir.desktop'), desktopEntry())
  for (const icon of readdirSync(join(ROOT, 'build/icons')).filter((entry) => /^\d+x\d+\.png$/.test(entry))) {
    const size = icon.slice(0, -'.png'.length)
    cpSync(join(ROOT, 'build/icons', icon), at(`usr/share/icons/hicolor/${size}/apps/weir.png`))
  }
  writeFileSync(at('DEBIAN/control'), control(version, arch))
}

function desktopEntry(): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Weir',
    'Comment=Meters what AI agents consume and holds them to their limits',
    `Exec=/${INSTALL_FOLDER}/weir-window %U`,
    'Icon=weir',
    'Categories=Utility;Development;',
    'StartupWMClass=Weir',
    'MimeType=x-scheme-handler/weir;',
    '',
  ].join('\n')
}

function control(version: string, arch: ArchiveParts['arch']): string {
  return [
    'Package: weir',
    `Version: ${version}`,
    `Architecture: ${arch === 'x64' ? 'amd64' : 'arm64'}`,
    'Maintainer: Weir <root@localhost>',
    'Section: utils',
    'Priority: optional',
    `Depends: ${DEB_DEPENDS.join(', ')}`,
    'Description: Meters what the users of an AI-agent platform consume',
    ' Weir counts tokens, cost, turns and sessions, and answers the agent before every turn',
    ' whether its user may go on. One operator, one machine, one window.',
    '',
  ].join('\n')
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const result = await run(command, args, { timeoutMs: PACK_LIMIT_MS })
  if (result.code !== 0) throw new Error(`${command} failed: ${tail(result.output, 5)}`)
}
