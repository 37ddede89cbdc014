import { endChild, forkModule, messageOf } from './fork.ts'

/** A running reference server. */
export interface Hello {
  readonly url: string
  stop(): Promise<void>
}

/** Starts `node:http` with an answer of 17 bytes in a process of its own. */
export async function startHello(): Promise<Hello> {
  const child = forkModule('hello-server.ts')
  const { port } = await messageOf<{ port: number }>(child)
  return { url: `http://127.0.0.1:${port}`, stop: () => endChild(child) }
}
