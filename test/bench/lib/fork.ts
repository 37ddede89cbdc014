import { type ChildProcess, fork } from 'node:child_process'
import { resolve } from 'node:path'
import { mindChild } from './work-folder.ts'

/** Starts a module of this folder as a process of its own, that ends with ours. */
export function forkModule(name: string, args: readonly string[] = []): ChildProcess {
  const child = fork(resolve(import.meta.dirname, name), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  mindChild(child)
  return child
}

/** The next message of a child; rejects when it ends instead. */
export function messageOf<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((done, fail) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit)
      done(message as Message)
    }
    const onExit = (code: number | null) => {
      child.off('message', onMessage)
      fail(new Error(`a child process of the benchmark ended with ${code}`))
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}

/** Ends a child and waits until it is gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}
