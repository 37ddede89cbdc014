import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { GUIDE_FILES, readGuidePage } from '../../build/guide-pages.ts'
import { guideSectionOf } from '../../renderer/app/open-guide.ts'
import { SCREENS } from '../../renderer/app/screens.ts'
import { sectionsWith } from '../../renderer/screens/guide/guide-text.ts'
import type { GuideBlock, GuideTarget, GuideWords } from '../../shared/guide.ts'
import { ROOT } from '../tidy/source-files.ts'

const SIZE = () => ({ width: 4, height: 3 })

const pages = GUIDE_FILES.map((name) =>
  readGuidePage(name, readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8'), SIZE),
)

const idsOf = (page: string): readonly string[] =>
  pages.find(({ id }) => id === page)?.sections.map(({ id }) => id) ?? []

function linksIn(blocks: readonly GuideBlock[]): GuideTarget[] {
  return blocks.flatMap((block): GuideTarget[] => {
    switch (block.kind) {
      case 'list':
        return block.items.flatMap(linksIn)
      case 'table':
        return [...block.head, ...block.rows.flat()].flatMap(linksOf)
      case 'heading':
      case 'paragraph':
        return linksOf(block.words)
      default:
        return []
    }
  })
}

function linksOf(words: readonly GuideWords[]): GuideTarget[] {
  return words.flatMap((word): GuideTarget[] => {
    if (word.kind === 'link') return [word.to]
    return 'words' in word ? linksOf(word.words) : []
  })
}

describe('the guide in the console', () => {
  test('has a section for every screen, which F1 opens there', () => {
    const sections = idsOf('guide')
    for (const path of [...SCREENS.map((screen) => screen.path), '/user', '/welcome'])
      expect(sections, path).toContain(guideSectionOf(path) ?? 'none')
    expect(guideSectionOf('/nowhere')).toBeUndefined()
  })

  test('leads only to what it has', () => {
    const links = pages.flatMap(({ sections }) => sections.flatMap(({ blocks }) => linksIn(blocks)))
    const inside = links.filter((link) => link.kind === 'inside')
    for (const { page, section } of inside) {
      expect(idsOf(page).length, page).toBeGreaterThan(0)
      if (section !== undefined) expect(idsOf(page)).toContain(section)
    }
  })

  test('calls every section of a page something else', () => {
    for (const { id } of pages) expect(new Set(idsOf(id)).size, id).toBe(idsOf(id).length)
  })

  test('keeps every word, and shows pictures between them', () => {
    const page = readGuidePage(
      'x',
      '# A page\n\nBefore *it* and **that**, `code` & [more](cli.md#weir).\n![A picture](images/a.png)\nafter\n\n' +
        '## One & two\n\n1. first\n   * inner\n\n<!-- not seen -->\n| a | b |\n|---|---|\n| 1 | [out](https://example.org) |\n',
      SIZE,
    )
    expect(page).toEqual({
      id: 'x',
      title: 'A page',
      sections: [
        {
          id: 'a-page',
          title: 'A page',
          blocks: [
            {
              kind: 'paragraph',
              words: [
                { kind: 'text', text: 'Before ' },
                { kind: 'emphasis', words: [{ kind: 'text', text: 'it' }] },
                { kind: 'text', text: ' and ' },
                { kind: 'strong', words: [{ kind: 'text', text: 'that' }] },
                { kind: 'text', text: ', ' },
                { kind: 'code', text: 'code' },
                { kind: 'text', text: ' & ' },
                {
                  kind: 'link',
                  to: { kind: 'inside', page: 'cli', section: 'weir' },
                  words: [{ kind: 'text', text: 'more' }],
                },
                { kind: 'text', text: '. ' },
              ],
            },
            { kind: 'picture', source: 'images/a.png', says: 'A picture', width: 4, height: 3 },
            { kind: 'paragraph', words: [{ kind: 'text', text: ' after' }] },
          ],
        },
        {
          id: 'one--two',
          title: 'One & two',
          blocks: [
            {
              kind: 'list',
              isOrdered: true,
              items: [
                [
                  { kind: 'paragraph', words: [{ kind: 'text', text: 'first' }] },
                  {
                    kind: 'list',
                    isOrdered: false,
                    items: [[{ kind: 'paragraph', words: [{ kind: 'text', text: 'inner' }] }]],
                  },
                ],
              ],
            },
            {
              kind: 'table',
              head: [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]],
              rows: [
                [
                  [{ kind: 'text', text: '1' }],
                  [
                    {
                      kind: 'link',
                      to: { kind: 'outside', address: 'https://example.org' },
                      words: [{ kind: 'text', text: 'out' }],
                    },
                  ],
                ],
              ],
            },
          ],
        },
      ],
    })
  })

  test('refuses to be built from what it would not show', () => {
    expect(() => readGuidePage('x', '<b>seen</b>\n', SIZE)).toThrow('no shape')
    expect(() => readGuidePage('x', '> quoted\n', SIZE)).toThrow('no shape')
  })

  test('finds the sections that hold all words looked for', () => {
    const found = sectionsWith(pages, ' 401  token ')
    expect(found.map(({ page }) => page.id)).toContain('operations')
    expect(found.find(({ page }) => page.id === 'operations')?.sections.map(({ title }) => title)).toEqual([
      'Troubleshooting',
    ])
    expect(sectionsWith(pages, 'xyzzy')).toEqual([])
    expect(sectionsWith(pages, '').length).toBe(pages.length)
  })
})
