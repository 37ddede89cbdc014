import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Sections of docs/dependencies.md whose packages end up in what users get. */
const SHIPPED_SECTIONS = ['At run time, outside the bundle', 'Bundled into the product']

/** Electron brings its own notices. */
const NOT_OURS = new Set(['electron'])

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The licences of everything that is bundled, as they ask to be passed on. */
export function thirdPartyNotices(): string {
  const folders = shippedFolders()
  const notices = [...folders].sort().map((folder) => noticeOf(folder))
  return `Weir contains these packages. Electron and Chromium have their own notices beside the program.\n\n${notices.join('\n')}`
}

function shippedFolders(): Set<string> {
  const found = new Set<string>()
  const queue = shippedNames().flatMap((name) => folderOf(name, ROOT))
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (found.has(folder)) continue
    found.add(folder)
    const needed = Object.keys(manifestOf(folder).dependencies ?? {})
    queue.push(...needed.flatMap((name) => folderOf(name, folder as string)))
  }
  return found
}

function shippedNames(): string[] {
  const text = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8')
  return text
    .split(/^## /m)
    .filter((section) => SHIPPED_SECTIONS.some((title) => section.startsWith(title)))
    .flatMap((section) => [...section.matchAll(/^\| ([@\w./-]+) \| \d/gm)].map((row) => row[1] ?? ''))
    .filter((name) => !NOT_OURS.has(name))
}

/** Where Node would find a package from a folder: its own node_modules first, then those above. */
function folderOf(name: string, from: string): string[] {
  for (let at = from; at.startsWith(ROOT); at = join(at, '..')) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return [folder]
  }
  // An optional package that is not installed here is not bundled either.
  return []
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function noticeOf(folder: string): string {
  const { name, version, license } = manifestOf(folder)
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return `--- ${name} ${version} (${license ?? 'licence in its text'})\n\n${text}\n`
}
