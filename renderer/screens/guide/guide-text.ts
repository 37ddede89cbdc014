import type { GuideBlock, GuidePage, GuideSection, GuideWords } from '../../../shared/guide.ts'

/** Looking for words in the documentation. Pure. */

/** The sections that hold every word of what is looked for, in the order of the pages; all where nothing is. */
export function sectionsWith(
  pages: readonly GuidePage[],
  lookedFor: string,
): readonly { readonly page: GuidePage; readonly sections: readonly GuideSection[] }[] {
  const wanted = lookedFor.toLowerCase().split(/\s+/).filter(Boolean)
  return pages
    .map((page) => ({
      page,
      sections: page.sections.filter((section) => {
        const text = textOfSection(section)
        return wanted.every((word) => text.includes(word))
      }),
    }))
    .filter(({ sections }) => sections.length > 0)
}

/** What is read there, in small letters. */
function textOfSection({ title, blocks }: GuideSection): string {
  return `${title} ${blocks.map(textOfBlock).join(' ')}`.toLowerCase()
}

function textOfBlock(block: GuideBlock): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return textOfWords(block.words)
    case 'picture':
      return block.says
    case 'code':
      return block.text
    case 'list':
      return block.items.flat().map(textOfBlock).join(' ')
    case 'table':
      return [block.head, ...block.rows].flat().map(textOfWords).join(' ')
    default:
      return block satisfies never
  }
}

function textOfWords(words: readonly GuideWords[]): string {
  return words.map((word) => ('text' in word ? word.text : textOfWords(word.words))).join('')
}
