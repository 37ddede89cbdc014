import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SCREENS } from '../../renderer/app/screens.ts'
import { ROOT } from '../tidy/source-files.ts'

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const PAGES = ['README.md', 'CONTRIBUTING.md', ...namesIn('docs', '.md').map((name) => `docs/${name}`)]

function namesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(ending))
}

/** What a page links to inside the repository, without the place in it. */
function linksOf(page: string): string[] {
  return [...text(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^(https?:|#|mailto:)/.test(target))
    .map((target) => join(dirname(page), target.replace(/#.*$/, '')))
}

describe('the documentation', () => {
  test.each(PAGES)('%s links only to what is there', (page) => {
    expect(linksOf(page).filter((target) => !existsSync(join(ROOT, target)))).toEqual([])
  })

  test('shows every picture there is', () => {
    const shown = new Set(PAGES.flatMap(linksOf))
    const unused = namesIn('docs/images', '.png').filter((name) => !shown.has(`docs/images/${name}`))
    expect(unused).toEqual([])
  })

  test('can be reached from the README', () => {
    const linked = linksOf('README.md')
    for (const page of ['guide', 'operations', 'develop', 'integrate', 'cli', 'package', 'benchmarks']) {
      expect(linked).toContain(`docs/${page}.md`)
    }
  })

  test('has a section with a picture for every screen', () => {
    const sections = text('docs/guide.md').split(/^## /m).slice(1)
    const pictured = sections
      .filter((section) => section.includes('](images/'))
      .map((each) => each.split('\n')[0])
    const titles = SCREENS.map(({ title }) => (title === 'Import sessions' ? 'Import' : title))
    expect(titles.filter((title) => !pictured.includes(title))).toEqual([])
  })

  test('names only commands that exist', () => {
    const known = [...text('docs/cli.md').matchAll(/^## weir (.+)$/gm)].map(([, name]) => name ?? '')
    const named = ['guide', 'operations', 'develop'].flatMap((page) =>
      [...text(`docs/${page}.md`).matchAll(/\bweir ((?:[a-z]+)(?: [a-z]+)?)/g)].map(([, name]) => name ?? ''),
    )
    expect(named.length).toBeGreaterThan(20)
    const unknown = named.filter((name) => !known.includes(name) && !known.includes(name.split(' ')[0] ?? ''))
    expect(unknown).toEqual([])
  })
})
