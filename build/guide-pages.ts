import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lexer, type Token, type Tokens } from 'marked'
import type { Plugin } from 'vite'
import {
  type GuideBlock,
  type GuidePage,
  type GuideSection,
  type GuideTarget,
  type GuideWords,
  sectionId,
} from '../shared/guide.ts'

/** The pages of docs/ an operator reads, in the order they are offered. */
export const GUIDE_FILES = ['guide', 'operations', 'integrate', 'cli', 'error-codes'] as const

const NAME = 'virtual:guide-pages'
const RESOLVED = `\0${NAME}`

/** How large a picture of docs/ is, in pixels. */
export type SizeOf = (picture: string) => { readonly width: number; readonly height: number }

/** The size of a PNG: the first two numbers of its header, which is its first chunk (PNG, third edition, 11.2.1). */
function pngSize(png: Buffer): ReturnType<SizeOf> {
  if (png.toString('latin1', 12, 16) !== 'IHDR') throw new Error('A picture of the guide is no PNG.')
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) }
}

/** Makes `virtual:guide-pages` of docs/: the pages as data, their pictures as files of the bundle. */
export function guidePages(root: string): Plugin {
  const folder = join(root, 'docs')
  return {
    name: 'weir-guide-pages',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined
      const pages = GUIDE_FILES.map((name) => {
        const file = join(folder, `${name}.md`)
        this.addWatchFile(file)
        return readGuidePage(name, readFileSync(file, 'utf8'), (picture) =>
          pngSize(readFileSync(join(folder, picture))),
        )
      })
      return moduleOf(pages, folder)
    },
  }
}

/** A picture is an import, so that the bundler gives it its address. */
function moduleOf(pages: readonly GuidePage[], folder: string): string {
  const imports: string[] = []
  const text = JSON.stringify(pages, (key, value: unknown) => {
    if (key !== 'source' || typeof value !== 'string') return value
    imports.push(
      `import picture${imports.length} from ${JSON.stringify(`${join(folder, value)}?url&no-inline`)}`,
    )
    return `@picture${imports.length - 1}@`
  }).replace(/"@(picture\d+)@"/g, '$1')
  return `${imports.join('\n')}\nexport const pages = ${text}\n`
}

/**
 * One page. Throws for what has no shape here, such as HTML that is to be seen: a page must not lose a word in the
 * console without anybody noticing.
 */
export function readGuidePage(id: string, markdown: string, sizeOf: SizeOf): GuidePage {
  let title = id
  const sections: { id: string; title: string; blocks: GuideBlock[] }[] = [{ id: '', title: '', blocks: [] }]
  for (const token of lexer(markdown)) {
    if (token.type === 'heading' && token['depth'] === 1) {
      title = textOf(innerOf(token))
    } else if (token.type === 'heading' && token['depth'] === 2) {
      const name = textOf(innerOf(token))
      sections.push({ id: sectionId(name), title: name, blocks: [] })
    } else {
      sections.at(-1)?.blocks.push(...blocksOf(token, sizeOf))
    }
  }
  const [first, ...rest] = sections
  const opening: GuideSection[] =
    first === undefined || first.blocks.length === 0 ? [] : [{ ...first, id: sectionId(title), title }]
  return { id, title, sections: [...opening, ...rest] }
}

function blocksOf(token: Token, sizeOf: SizeOf): readonly GuideBlock[] {
  switch (token.type) {
    case 'space':
      return []
    case 'html':
      return commentOnly(token.raw)
    case 'heading':
      return [{ kind: 'heading', words: wordsOf(innerOf(token)) }]
    case 'paragraph':
    case 'text':
      return paragraphsOf(innerOf(token), sizeOf)
    case 'code':
      return [{ kind: 'code', text: String(token['text']) }]
    case 'list': {
      const { ordered, items } = token as Tokens.List
      return [
        {
          kind: 'list',
          isOrdered: ordered,
          items: items.map(({ tokens }) => tokens.flatMap((each) => blocksOf(each, sizeOf))),
        },
      ]
    }
    case 'table': {
      const { header, rows } = token as Tokens.Table
      const cells = (row: readonly Tokens.TableCell[]) => row.map(({ tokens }) => wordsOf(tokens))
      return [{ kind: 'table', head: cells(header), rows: rows.map(cells) }]
    }
    default:
      throw new Error(`The guide has no shape for ${token.type}: ${token.raw}`)
  }
}

/** Pictures stand by themselves, between the words around them. */
function paragraphsOf(tokens: readonly Token[], sizeOf: SizeOf): readonly GuideBlock[] {
  const blocks: GuideBlock[] = []
  let line: Token[] = []
  const end = (): void => {
    if (textOf(line).trim() !== '') blocks.push({ kind: 'paragraph', words: wordsOf(line) })
    line = []
  }
  for (const token of tokens) {
    if (token.type !== 'image') {
      line.push(token)
      continue
    }
    end()
    const { href, text } = token as Tokens.Image
    blocks.push({ kind: 'picture', source: href, says: text, ...sizeOf(href) })
  }
  end()
  return blocks
}

function wordsOf(tokens: readonly Token[]): readonly GuideWords[] {
  return tokens.flatMap((token): readonly GuideWords[] => {
    switch (token.type) {
      case 'text':
      case 'escape':
        return innerOf(token).length > 0
          ? wordsOf(innerOf(token))
          : [{ kind: 'text', text: literalOf(token).replaceAll('\n', ' ') }]
      case 'codespan':
        return [{ kind: 'code', text: String(token['text']) }]
      case 'strong':
        return [{ kind: 'strong', words: wordsOf(innerOf(token)) }]
      case 'em':
        return [{ kind: 'emphasis', words: wordsOf(innerOf(token)) }]
      case 'br':
        return [{ kind: 'text', text: ' ' }]
      case 'link':
        return linkOf(token as Tokens.Link)
      default:
        throw new Error(`The guide has no shape for ${token.type}: ${token.raw}`)
    }
  })
}

/** A page that is not offered, such as one for developers, is only named. */
function linkOf({ href, tokens }: Tokens.Link): readonly GuideWords[] {
  const words = wordsOf(tokens)
  const to = targetOf(href)
  return to === null ? words : [{ kind: 'link', to, words }]
}

function targetOf(href: string): GuideTarget | null {
  if (/^https?:/.test(href)) return { kind: 'outside', address: href }
  const [file = '', section] = href.split('#')
  const page = basename(file, '.md')
  if (!file.endsWith('.md') || !GUIDE_FILES.some((name) => name === page)) return null
  return { kind: 'inside', page, ...(section !== undefined && { section }) }
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (innerOf(token).length > 0 ? textOf(innerOf(token)) : literalOf(token)))
    .join('')
}

function innerOf(token: Token): readonly Token[] {
  return 'tokens' in token ? (token.tokens ?? []) : []
}

function literalOf(token: Token): string {
  return 'text' in token ? String(token.text) : ''
}

function commentOnly(html: string): readonly GuideBlock[] {
  if (html.replace(/<!--.*?-->/gs, '').trim() === '') return []
  throw new Error(`The guide has no shape for HTML: ${html}`)
}
