/** Made of docs/ by `build/guide-pages.ts` while the page is bundled. */
declare module 'virtual:guide-pages' {
  export const pages: readonly import('../../../shared/guide.ts').GuidePage[]
}
