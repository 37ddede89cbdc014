/** The documentation as the console shows it: made from docs/*.md when Weir is built, so that nothing is parsed or fetched later. */

/** Words within a line. */
export type GuideWords =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly words: readonly GuideWords[] }
  /** `to` is an address outside, or a page and perhaps a section of this documentation. */
  | { readonly kind: 'link'; readonly to: GuideTarget; readonly words: readonly GuideWords[] }

/** Where a link leads. */
export type GuideTarget =
  | { readonly kind: 'outside'; readonly address: string }
  | { readonly kind: 'inside'; readonly page: string; readonly section?: string }

/** What stands below one another. */
export type GuideBlock =
  | { readonly kind: 'heading'; readonly words: readonly GuideWords[] }
  | { readonly kind: 'paragraph'; readonly words: readonly GuideWords[] }
  /** Width and height in pixels, so that the place is kept before the picture is there. */
  | {
      readonly kind: 'picture'
      readonly source: string
      readonly says: string
      readonly width: number
      readonly height: number
    }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'list'
      readonly isOrdered: boolean
      readonly items: readonly (readonly GuideBlock[])[]
    }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly GuideWords[])[]
      readonly rows: readonly (readonly (readonly GuideWords[])[])[]
    }

/** From one heading of the second level to the next; the first section of a page is what comes before the first of them. */
export interface GuideSection {
  /** As in a link to it: `backups--rollback`. */
  readonly id: string
  readonly title: string
  readonly blocks: readonly GuideBlock[]
}

/** One file of docs/. */
export interface GuidePage {
  /** The file's name without its ending: `operations`. */
  readonly id: string
  readonly title: string
  readonly sections: readonly GuideSection[]
}

/** The id of a heading as the usual readers of Markdown make it: `Backups & rollback` is `backups--rollback`. */
export function sectionId(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
