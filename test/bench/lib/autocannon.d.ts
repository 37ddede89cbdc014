/** The part of autocannon that the benchmark uses; the package brings no types. */
declare module 'autocannon' {
  export interface CannonRequest {
    method?: string
    path?: string
    headers?: Record<string, string>
    body?: string
    setupRequest?: (request: CannonRequest, context: Record<string, unknown>) => CannonRequest
    onResponse?: (status: number, body: string, context: Record<string, unknown>) => void
  }

  export interface CannonClient {
    setRequests(requests: CannonRequest[]): void
  }

  export interface CannonOptions {
    url: string
    connections: number
    duration: number
    reconnectRate?: number
    setupClient?: (client: CannonClient) => void
  }

  export interface CannonResult {
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
    /** Seconds. */
    readonly duration: number
    readonly statusCodeStats?: Record<string, { count: number }>
  }

  export interface Cannon extends Promise<CannonResult> {
    on(
      event: 'response',
      listener: (client: CannonClient, status: number, bytes: number, responseMs: number) => void,
    ): this
  }

  // biome-ignore lint/style/noDefaultExport: this is how the package exports it
  export default function autocannon(options: CannonOptions): Cannon
}
