import type { IncomingHttpHeaders } from 'node:http'
import type { Refusal } from '../core/api.ts'
import { refused } from '../operations/refusals.ts'

/**
 * What every request must pass before anything else looks at it. Pure: headers and port in, a refusal or nothing out.
 * The order of the checks is the caller's (`server.ts`).
 */

/** Largest body in bytes: a turn with a long question is 25 KB. */
export const BODY_BYTES_MAX = 64 * 1024

/** Where HTTP may leave the port out of `Host` and `Origin`. */
const HTTP_DEFAULT_PORT = 80

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

interface AllowedNames {
  readonly port: number
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

let allowedNames: AllowedNames | undefined

/** The three names of this machine with our port; made once per port, because every request asks. */
function allowedFor(port: number): AllowedNames {
  if (allowedNames?.port === port) return allowedNames
  const names = ['127.0.0.1', 'localhost', '[::1]']
  const hosts = names.flatMap((name) =>
    port === HTTP_DEFAULT_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`],
  )
  allowedNames = { port, hosts: new Set(hosts), origins: new Set(hosts.map((host) => `http://${host}`)) }
  return allowedNames
}

/** The part of Node's request that says under which name it came. */
export interface NamedRequest {
  readonly headers: Pick<IncomingHttpHeaders, 'host'>
  /** Names and values in turn, as they came: Node keeps only the first of two Hosts. */
  readonly rawHeaders: readonly string[]
  readonly url?: string | undefined
}

/**
 * A name that is not this machine's means DNS rebinding: a foreign page reaching us under its own name.
 * The request line must have a path, because a whole URL there would overrule `Host`; and there may be one Host only.
 */
export function refuseHost(request: NamedRequest, port: number): Refusal | undefined {
  const { host } = request.headers
  const { hosts } = allowedFor(port)
  const isOurs = host !== undefined && (hosts.has(host) || hosts.has(host.toLowerCase()))
  if (isOurs && request.url?.startsWith('/') && hasOneHost(request.rawHeaders)) return undefined
  return refused(
    'host_not_allowed',
    `This Weir answers only to 127.0.0.1, localhost and [::1] with port ${port}; use http://127.0.0.1:${port}.`,
  )
}

function hasOneHost(rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count === 1
}

/** A foreign web page may not talk to Weir, whatever it carries. Programs send neither header and pass. */
export function refuseOrigin(headers: IncomingHttpHeaders, port: number): Refusal | undefined {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (origin === undefined && site === undefined) return undefined
  const isOurs =
    (origin === undefined || allowedFor(port).origins.has(origin)) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  if (isOurs) return undefined
  return refused(
    'origin_not_allowed',
    `A page of another site asked for this, and Weir talks only to its own pages; open http://127.0.0.1:${port} by typing the address.`,
  )
}

/** Only uncompressed JSON up to 64 KB is read. A request without a body needs no content type. */
export function refuseBody(headers: IncomingHttpHeaders): Refusal | undefined {
  const type = headers['content-type']
  const length = headers['content-length']
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
  if (type === undefined ? hasBody : type !== 'application/json' && !JSON_TYPE.test(type)) {
    return refused('unsupported_media_type', 'The body must be JSON: send Content-Type: application/json.')
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refused('unsupported_media_type', 'A compressed body is not read; send it as it is.')
  }
  if (length !== undefined && Number(length) > BODY_BYTES_MAX) return bodyTooLarge()
  return undefined
}

/** The refusal of a body that is, or grows, over the limit. */
export function bodyTooLarge(): Refusal {
  return refused('body_too_large', `A body may have at most ${BODY_BYTES_MAX / 1024} KB.`, {
    max_bytes: BODY_BYTES_MAX,
  })
}
