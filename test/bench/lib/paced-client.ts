import { connect, type Socket } from 'node:net'
import type { PlainRequest } from './request-plan.ts'

/**
 * Sends requests at a given rate, whether or not earlier ones were answered, and times each from the moment it was
 * due, waiting for a free connection included: what slow answers do to those behind them is not left out.
 * (autocannon's own rate limit sends a second's requests in one burst, which is another question.)
 */

export interface PacedResult {
  readonly latenciesMs: Float64Array
  readonly sent: number
  readonly not2xx: number
  readonly errors: number
}

/** As for autocannon: ours and the product's connections end in an orderly way after this many requests. */
export const REQUESTS_A_SOCKET = 500

interface Due {
  readonly bytes: Buffer
  readonly at: number
}

export class PacedClient {
  readonly #port: number
  readonly #next: () => PlainRequest
  readonly #idle: Connection[] = []
  readonly #connections = new Set<Connection>()
  readonly #queue: Due[] = []
  readonly #latencies: number[] = []
  #sent = 0
  #not2xx = 0
  #errors = 0
  #isOver = false

  constructor(url: string, next: () => PlainRequest) {
    this.#port = Number(new URL(url).port)
    this.#next = next
  }

  /** Runs for `seconds` and answers what came of it. */
  async run(ratePerSecond: number, connections: number, seconds: number): Promise<PacedResult> {
    await Promise.all(Array.from({ length: connections }, () => this.#open()))
    const start = performance.now()
    let due = 0
    await new Promise<void>((done) => {
      const tick = () => {
        const now = performance.now()
        const elapsed = (now - start) / 1000
        // What became due since the last tick arrives now, together; the timer's own lateness counts for nobody.
        for (; due < Math.min(elapsed, seconds) * ratePerSecond; due += 1) this.#arrive(now)
        if (elapsed >= seconds) done()
        else setTimeout(tick, 1)
      }
      tick()
    })
    // Answers still under way get a moment.
    for (let wait = 0; wait < 100 && this.#latencies.length < this.#sent; wait += 1) {
      await new Promise((done) => setTimeout(done, 20))
    }
    this.#isOver = true
    for (const connection of this.#connections) connection.destroy()
    return {
      latenciesMs: Float64Array.from(this.#latencies),
      sent: this.#sent,
      not2xx: this.#not2xx,
      errors: this.#errors,
    }
  }

  #arrive(at: number): void {
    const due = { bytes: encode(this.#next(), this.#port), at }
    const connection = this.#idle.pop()
    if (connection === undefined) this.#queue.push(due)
    else this.#send(connection, due)
  }

  #send(connection: Connection, due: Due): void {
    this.#sent += 1
    connection.send(due.bytes, (status) => {
      this.#latencies.push(performance.now() - due.at)
      if (status < 200 || status > 299) this.#not2xx += 1
      if (connection.requests >= REQUESTS_A_SOCKET) {
        connection.destroy()
        this.#connections.delete(connection)
        void this.#open()
      } else {
        this.#free(connection)
      }
    })
  }

  #free(connection: Connection): void {
    const due = this.#queue.shift()
    if (due === undefined) this.#idle.push(connection)
    else this.#send(connection, due)
  }

  async #open(): Promise<void> {
    const connection = new Connection(this.#port)
    this.#connections.add(connection)
    connection.onLost = () => {
      this.#connections.delete(connection)
      if (this.#isOver) return
      this.#errors += 1
      void this.#open()
    }
    await connection.ready
    if (!this.#isOver) this.#free(connection)
  }
}

function encode(request: PlainRequest, port: number): Buffer {
  let head = `${request.method} ${request.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`
  for (const [name, value] of Object.entries(request.headers)) head += `${name}: ${value}\r\n`
  if (request.body !== '') head += `Content-Length: ${Buffer.byteLength(request.body)}\r\n`
  return Buffer.from(`${head}\r\n${request.body}`)
}

/** One keep-alive connection with one request at a time. Both servers send Content-Length, so no chunks are read. */
class Connection {
  readonly ready: Promise<void>
  requests = 0
  onLost: () => void = () => undefined
  readonly #socket: Socket
  #answered: ((status: number) => void) | undefined
  #received = ''
  #status = 0
  #missing = -1

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.ready = new Promise((done) => this.#socket.once('connect', () => done()))
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text: Buffer | string) => this.#read(String(text)))
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => this.onLost())
  }

  send(bytes: Buffer, answered: (status: number) => void): void {
    this.requests += 1
    this.#answered = answered
    this.#socket.write(bytes)
  }

  /** On purpose: not a loss. */
  destroy(): void {
    this.onLost = () => undefined
    this.#socket.destroy()
  }

  #read(text: string): void {
    if (this.#missing < 0) {
      this.#received += text
      const end = this.#received.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = this.#received.slice(0, end)
      this.#status = Number(head.slice(9, 12))
      this.#missing =
        Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - (this.#received.length - end - 4)
      this.#received = ''
    } else {
      this.#missing -= text.length
    }
    if (this.#missing > 0) return
    this.#missing = -1
    this.#answered?.(this.#status)
  }
}
