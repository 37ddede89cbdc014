// npm run package: builds Weir as a program of its own in dist/, reads back what was built, and says how big it is.
//   npm run package               the folder for this machine
//   npm run package -- --all      also the .tar.gz and the .deb
//   npm run package -- AppImage   any target of electron-builder; it downloads the tools for it
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Arch, build, Platform } from 'electron-builder'
import { buildIfStale } from './build.mjs'
import { electronRuntime } from './electron-runtime.mjs'
import { checkPackage } from './package/check-package.ts'
import { makeDeb, makeTarGz } from './package/linux-archives.ts'
import { packageConfig } from './package/package-config.ts'
import { thirdPartyNotices } from './package/third-party.ts'
import { ROOT, say } from './support.mjs'

const MB = 1_000_000

async function main(args: readonly string[]): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('Only Linux is packed by this script; see docs/package.md.')
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
  const startedAt = performance.now()
  await buildIfStale()
  const runtime = await electronRuntime()
  if (runtime.carried) {
    say(
      `Packing Electron ${runtime.version}: years old, good for trying the package out. Do not give it away.`,
    )
  }
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  writeFileSync(join(ROOT, 'dist/third-party.txt'), thirdPartyNotices())
  const targets = args.filter((argument) => !argument.startsWith('-'))
  await build({
    projectDir: ROOT,
    publish: 'never',
    targets: Platform.LINUX.createTarget(targets.length > 0 ? targets : ['dir'], Arch[arch]),
    config: packageConfig(runtime),
  })
  const folder = join(ROOT, 'dist', arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')
  // Electron starts this when it finds no program of ours, and it always finds one.
  rmSync(join(folder, 'resources/default_app.asar'), { force: true })
  await report(folder, `linux-${arch}`)
  if (args.includes('--all')) {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    // What holds the old Electron says so in its name.
    const name = `weir-${version}-linux-${arch}${runtime.carried ? '-trial' : ''}`
    for (const make of [makeTarGz, makeDeb]) {
      const file = await make({ folder, name, version, arch })
      say(`${file.slice(ROOT.length + 1)}: ${(statSync(file).size / MB).toFixed(0)} MB`)
    }
  }
  say(`Packed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`)
}

async function report(folder: string, addon: string): Promise<void> {
  const found = await checkPackage(folder, addon)
  if (found.problems.length > 0)
    throw new Error(`The package is not right:\n  ${found.problems.join('\n  ')}`)
  say(
    `${folder.slice(ROOT.length + 1)}: ${(found.bytes / MB).toFixed(0)} MB in ${found.files} files; ` +
      `app.asar ${(found.archiveBytes / MB).toFixed(1)} MB in ${found.archiveFiles} files; fuses as in build/package/fuses.ts.`,
  )
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
