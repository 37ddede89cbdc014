import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import { CONSOLE_CSP } from '../http/security-headers.ts'
import { CRASH_PAGE } from './crash-page.ts'
import { CRASH_URL, fileOfAddress, mediaTypeOf, PAGE_SCHEME } from './page-address.ts'

/** As for the browser: nothing from outside, no script in the text of the page. A header, so that it holds from the first byte. */
const HEADERS = {
  'content-security-policy': CONSOLE_CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Makes `app:` a scheme with an origin, like https. Chromium asks for it before it is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page, and nothing else, under `app://weir/`. */
export function servePage(rendererDir: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    if (request.url === CRASH_URL) return answer(CRASH_PAGE, 'text/html; charset=utf-8')
    const file = fileOfAddress(request.url, rendererDir)
    if (file === undefined) return new Response('Not found', { status: 404, headers: HEADERS })
    try {
      return answer(new Uint8Array(await readFile(file)), mediaTypeOf(file))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return new Response(`Not found: ${reason}`, { status: 404, headers: HEADERS })
    }
  })
}

function answer(body: string | Uint8Array<ArrayBuffer>, mediaType: string): Response {
  return new Response(body, { headers: { ...HEADERS, 'content-type': mediaType } })
}
