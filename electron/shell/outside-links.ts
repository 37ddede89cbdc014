import { shell } from 'electron'

/** Pages outside that the console links to; every other address stays closed, whoever put it on the screen. */
const LINKED_PAGES: readonly string[] = [
  // Where the prices of the models come from.
  'https://github.com/pydantic/genai-prices',
]

/** Opens a page of the list in the operator's browser; answers whether it was one. */
export function openOutsideLink(address: string): boolean {
  if (!LINKED_PAGES.some((page) => address === page || address.startsWith(`${page}/`))) return false
  void shell.openExternal(address)
  return true
}
