import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instanceConnection, requestOf } from '../../electron/cli/instance-connection.ts'
import { connectToWeir, type WeirConnection } from '../../electron/cli/weir-connection.ts'
import { type RunFile, writeRunFile } from '../../electron/core/kernel/run-file.ts'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { problemOf } from '../../shared/contract/problem.ts'
import { RUN } from './fake-context.ts'

let folder: string
let server: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
})

afterEach(() => {
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** A server that answers every request the same and notes what it was asked. */
async function serverThatAnswers(status: number, body: string, seen: string[] = []): Promise<RunFile> {
  server = createServer(async (request, response) => {
    seen.push(
      `${request.method} ${request.url} ${request.headers.authorization} ${await textOf(request)}`.trim(),
    )
    response.writeHead(status).end(body)
  })
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { ...RUN, pid: process.pid, port, url: `http://127.0.0.1:${port}` }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const OPENED: WeirConnection = {
  instance: null,
  call: () => Promise.reject(new Error('not asked here')),
  close: () => Promise.resolve(),
}

describe('an operation as a request', () => {
  test('members of the path are escaped, the rest of a read is its query', () => {
    expect(requestOf('import.get', { run_id: 'a b' }).path).toBe('/api/v1/admin/import/a%20b')
    expect(requestOf('users.list', { search: 'é&', limit: 5, offset: undefined })).toMatchObject({
      method: 'GET',
      path: '/api/v1/auth/admin/users?search=%C3%A9%26&limit=5',
    })
  })

  test('the rest of a write is its body', () => {
    expect(requestOf('users.setProfile', { id: 'alice', profile_id: null })).toMatchObject({
      method: 'PUT',
      path: '/api/v1/auth/admin/users/alice/consumption-profile',
      body: { profile_id: null },
    })
    expect(requestOf('tokens.revoke', { id: 3 })).not.toHaveProperty('body')
  })
})

describe('a running Weir', () => {
  test('is asked with its token', async () => {
    const seen: string[] = []
    const run = await serverThatAnswers(200, '{"checked": 1, "differences": []}', seen)
    expect(await instanceConnection(run).call('books.verify', {})).toEqual({
      ok: true,
      value: { checked: 1, differences: [] },
    })
    expect(seen).toEqual(['POST /api/v1/admin/verify Bearer weir_secret {}'])
  })

  test('refuses with a problem, which is an answer', async () => {
    const problem = problemOf('run_unknown', 'There is no such run.', 'r-1')
    const run = await serverThatAnswers(404, JSON.stringify(problem))
    expect(await instanceConnection(run).call('import.get', { run_id: 'x' })).toEqual({ ok: false, problem })
  })

  test('that answers with something else is not Weir', async () => {
    const run = await serverThatAnswers(200, '<html>')
    await expect(instanceConnection(run).call('profiles.list', {})).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
  })
})

describe('which way', () => {
  const unused = () => Promise.reject(new Error('must not be opened'))
  const pause = () => Promise.resolve()

  test('to the instance when one answers with the token of run.json', async () => {
    const run = await serverThatAnswers(200, '{}')
    await writeRunFile(folder, run)
    const connection = await connectToWeir(folder, {
      toInstance: instanceConnection,
      openFolder: unused,
      pause,
    })
    expect(connection.instance).toEqual(run)
  })

  test('to the folder when the port of run.json belongs to somebody who does not know the token', async () => {
    await writeRunFile(folder, await serverThatAnswers(401, '{}'))
    const connection = await connectToWeir(folder, {
      toInstance: instanceConnection,
      openFolder: () => Promise.resolve(OPENED),
      pause,
    })
    expect(connection).toBe(OPENED)
  })

  test('a folder another command has for a moment is waited for', async () => {
    let tries = 0
    const openFolder = () => {
      tries += 1
      return tries < 3 ? Promise.reject(new WeirError('folder_in_use', 'In use.')) : Promise.resolve(OPENED)
    }
    expect(await connectToWeir(folder, { toInstance: instanceConnection, openFolder, pause })).toBe(OPENED)
    expect(tries).toBe(3)
  })

  test('a folder that stays in use is given up, naming who has it', async () => {
    await writeRunFile(folder, { ...RUN, pid: process.pid, port: 1, url: 'http://127.0.0.1:1' })
    const openFolder = () => Promise.reject(new WeirError('folder_in_use', 'In use.'))
    await expect(
      connectToWeir(folder, { toInstance: instanceConnection, openFolder, pause }),
    ).rejects.toMatchObject({
      code: 'folder_in_use',
      message: expect.stringContaining(`process ${process.pid}, http://127.0.0.1:1`),
    })
  })

  test('any other fault of opening is not tried again', async () => {
    let tries = 0
    const openFolder = () => {
      tries += 1
      return Promise.reject(new WeirError('database_newer', 'Newer.'))
    }
    const connecting = connectToWeir(folder, { toInstance: instanceConnection, openFolder, pause })
    await expect(connecting).rejects.toMatchObject({ code: 'database_newer' })
    expect(tries).toBe(1)
  })
})
