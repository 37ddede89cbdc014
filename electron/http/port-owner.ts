import { readdir, readFile, readlink } from 'node:fs/promises'
import { request } from 'node:http'

/** Who listens on a port of this machine, as far as it can be found out. */
export interface PortOwner {
  readonly pid: number | null
  /** Name of the program, without its arguments: those may hold secrets. */
  readonly command: string | null
  readonly isWeir: boolean
}

/** `st` of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Our own answer takes a millisecond; whoever takes longer is somebody else or hangs. */
const ASK_TIMEOUT_MS = 500
/** `/healthz` has under a hundred bytes; a stranger may send without end. */
const ASK_BYTES_MAX = 1024

/** Looks at the port from outside and, on Linux, at the table of sockets. Never fails: what it cannot find is null. */
export async function findPortOwner(port: number): Promise<PortOwner> {
  const [pid, isWeir] = await Promise.all([findListenerPid(port), isWeirAt(port)])
  const command = pid === null ? null : await readOr(`/proc/${pid}/comm`, null)
  return { pid, command: command?.trim() ?? null, isWeir }
}

/** The owner in words: `another Weir (process 123)`, `python3 (process 123)`, `another program`. */
export function describeOwner(owner: PortOwner): string {
  const name = owner.isWeir ? 'another Weir' : (owner.command ?? 'another program')
  return owner.pid === null ? name : `${name} (process ${owner.pid})`
}

async function findListenerPid(port: number): Promise<number | null> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readOr(path, '')))
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return null
  const links = new Set([...inodes].map((inode) => `socket:[${inode}]`))
  for (const entry of await listOr('/proc')) {
    if (/^\d+$/.test(entry) && (await holdsSocket(entry, links))) return Number(entry)
  }
  return null
}

/** Inodes of the sockets that listen on a port, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === LISTENING && local?.endsWith(`:${wanted}`) && inode !== undefined ? [inode] : []
  })
}

async function holdsSocket(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await listOr(`/proc/${pid}/fd`)) {
    try {
      if (links.has(await readlink(`/proc/${pid}/fd/${descriptor}`))) return true
    } catch {
      // Closed since it was listed, or another user's: not ours to see, and no answer is an answer too.
    }
  }
  return false
}

function isWeirAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(
      { host: '127.0.0.1', port, path: '/healthz', timeout: ASK_TIMEOUT_MS },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > ASK_BYTES_MAX) asking.destroy()
        })
        response.on('close', () => resolve(text.length <= ASK_BYTES_MAX && text.includes('"service":"weir"')))
      },
    )
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(false))
    asking.end()
  })
}

async function readOr<Fallback>(path: string, fallback: Fallback): Promise<string | Fallback> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Not Linux, or not ours to read: the sentence then names less.
    return fallback
  }
}

async function listOr(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch {
    // As above; processes also end while we look.
    return []
  }
}
