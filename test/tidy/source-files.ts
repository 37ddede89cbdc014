import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** The project's own files as the tidy tests see them. */

export const ROOT = resolve(import.meta.dirname, '../..')

/** Folders of ours that hold code, and single files beside them. */
const TOPS = ['build', 'electron', 'migrations', 'renderer', 'shared', 'test', 'electron.vite.config.ts']
const CODE = /\.(ts|tsx|mts|mjs|js|css)$/

export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string
  readonly text: string
  readonly lines: number
  /** Paths of the files of ours it imports. */
  readonly imports: readonly string[]
  /** Names of packages it imports, `node:` ones included. */
  readonly packages: readonly string[]
}

/** `from 'x'`, `import 'x'`, `import('x')`, `export … from 'x'`, and `@import` of a style sheet. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|@import\s+)['"]([^'"\n]+)['"]/g

function filesUnder(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Comments may show code; what they show is not imported. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function read(file: string): SourceFile {
  const text = readFileSync(file, 'utf8')
  const imports: string[] = []
  const packages: string[] = []
  for (const [, name = ''] of withoutComments(text).matchAll(IMPORT)) {
    if (name.startsWith('.')) imports.push(pathOf(resolve(dirname(file), name)))
    else packages.push(name)
  }
  return { path: pathOf(file), text, lines: text.split('\n').length - 1, imports, packages }
}

function pathOf(file: string): string {
  return relative(ROOT, file).split(sep).join('/')
}

/** Every file of ours that holds code, read once. */
export const SOURCES: readonly SourceFile[] = TOPS.flatMap((top) => {
  const path = join(ROOT, top)
  return CODE.test(top) ? [path] : filesUnder(path)
})
  .map(read)
  .sort((one, other) => (one.path < other.path ? -1 : 1))

export const BY_PATH: ReadonlyMap<string, SourceFile> = new Map(
  SOURCES.map((source) => [source.path, source]),
)

/** Everything that can be reached from some files along imports, themselves included. */
export function reachableFrom(paths: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const waiting = [...paths]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    waiting.push(...(BY_PATH.get(path)?.imports ?? []))
  }
  return reached
}
