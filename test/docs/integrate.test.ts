import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalInstance, openLocalInstance } from '../../electron/http/local-instance.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'
import { ROOT } from '../tidy/source-files.ts'

/** The examples of docs/integrate.md, taken out of the page and run against a Weir that listens. */

const PAGE = readFileSync(join(ROOT, 'docs/integrate.md'), 'utf8')
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0

const LANGUAGES = [
  {
    name: 'curl',
    file: 'integrate.sh',
    command: 'sh',
    isHere: spawnSync('curl', ['--version']).status === 0,
  },
  { name: 'python', file: 'integrate.py', command: 'python3', isHere: HAS_PYTHON },
  { name: 'typescript', file: 'integrate.ts', command: process.execPath, isHere: true },
] as const

let opened: TestWeir
let instance: LocalInstance
let token: string

beforeAll(async () => {
  opened = await openWeir(SYSTEM_CLOCK)
  const { weir, dataDir, log } = opened
  instance = await openLocalInstance({ weir, dataDir, port: 0, face: 'browser', rendererDir: dataDir, log })
  for (const { name } of LANGUAGES) {
    await weir.users.create({ id: `${name}-user`, username: `${name} user` }, OPERATOR)
    await weir.users.create({ id: `${name}-left`, username: `${name} left` }, OPERATOR)
    await weir.users.update({ id: `${name}-left`, is_active: false }, OPERATOR)
  }
  token = (await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)).token
})

afterAll(async () => {
  await instance.close()
  await opened.close()
})

/** The fenced lines behind the mark of a language. */
function exampleOf(language: string): string {
  const found = new RegExp(`<!-- runs: ${language} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1]
  if (found === undefined) throw new Error(`docs/integrate.md has no example marked "runs: ${language}"`)
  return found
}

/** Runs an example beside this process, which serves it meanwhile. */
function run(language: (typeof LANGUAGES)[number], args: readonly string[], url = instance.url) {
  const file = join(opened.dataDir, language.file)
  writeFileSync(file, exampleOf(language.name))
  const child = spawn(language.command, [file, ...args], {
    env: { ...process.env, WEIR_URL: url, WEIR_TOKEN: token },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    output += String(chunk)
  })
  return new Promise<{ readonly code: number | null; readonly output: string }>((done) => {
    child.on('close', (code) => done({ code, output }))
  })
}

for (const language of LANGUAGES) {
  if (!language.isHere) process.stderr.write(`\nNOT TESTED: ${language.command} is not on this machine.\n`)
  describe.skipIf(!language.isHere)(`the ${language.name} example of the integration guide`, () => {
    test('asks, records, and counts a turn that is sent again once', async () => {
      const user = `${language.name}-user`
      for (const _ of ['first', 'again']) {
        const { code, output } = await run(language, [user, `${language.name}-s`, '1'])
        expect(output).toBe('allowed\nrecorded\n')
        expect(code).toBe(0)
      }
      const { turns } = await opened.weir.consumption.turns({ user_id: user })
      expect(turns.map((turn) => [turn.turn_number, turn.input_tokens, turn.output_tokens])).toEqual([
        [1, 1180, 340],
      ])
    })

    test('obeys a no and passes its sentence on', async () => {
      const { code, output } = await run(language, [`${language.name}-left`, 's', '1'])
      expect(code).toBe(1)
      expect(output).toMatch(/^refused: /)
      expect(output).toContain('This user is switched off')
    })

    test('goes on when nobody answers, and keeps the turn for later', async () => {
      // Port 9 discards what it gets where it is served at all; nothing listens there.
      const { code, output } = await run(language, ['x', 's', '1'], 'http://127.0.0.1:9')
      expect(code).toBe(2)
      expect(output).toContain('unchecked\n')
      expect(output).toContain('kept for later\n')
    })
  })
}
