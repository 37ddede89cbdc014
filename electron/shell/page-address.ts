import { join, normalize, sep } from 'node:path'

/** The scheme and host the window's page lives under. */
export const PAGE_SCHEME = 'app'
export const PAGE_HOST = 'weir'
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`
/** Shown instead of the page when that keeps breaking. */
export const CRASH_URL = `${PAGE_URL}crashed`

/** Whether an address is our page's: what it loads, where it may navigate, who may ask operations. */
export function isOurPage(address: string): boolean {
  // Not by `origin`: Node calls it "null" for every scheme it does not know.
  if (!URL.canParse(address)) return false
  const { protocol, host } = new URL(address)
  return protocol === `${PAGE_SCHEME}:` && host === PAGE_HOST
}

/**
 * The file behind an address of ours, or undefined when it would be outside of the folder. The page itself is `/`.
 *
 * @param rendererDir absolute
 */
export function fileOfAddress(address: string, rendererDir: string): string | undefined {
  const path = decodedPath(address)
  if (path === undefined) return undefined
  const file = normalize(join(rendererDir, path === '/' ? 'index.html' : path))
  return file.startsWith(rendererDir + sep) ? file : undefined
}

function decodedPath(address: string): string | undefined {
  try {
    return decodeURIComponent(new URL(address).pathname)
  } catch {
    // A broken percent sign or no address at all: nothing of ours.
    return undefined
  }
}

/** Types of the files a build of the page has; anything else is sent as bytes, which no browser runs. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
}

/** The media type of a file by its ending. */
export function mediaTypeOf(file: string): string {
  return MEDIA_TYPES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}
