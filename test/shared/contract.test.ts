import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { OPERATIONS, type OperationName } from '../../shared/contract/index.ts'
import type { OperationContract } from '../../shared/contract/operation.ts'
import { problemType } from '../../shared/contract/problem.ts'
import { ERROR_CODES, type ErrorCode, LIMIT_CODES } from '../../shared/error-codes.ts'

const NAMES = Object.keys(OPERATIONS) as OperationName[]
const contractOf = (name: OperationName): OperationContract => OPERATIONS[name]
/** The members every form of the input has. */
const membersOf = (name: OperationName): readonly string[] => {
  const input = contractOf(name).input as z.ZodObject | z.ZodUnion<z.ZodObject[]>
  const [first = [], ...rest] = ('options' in input ? input.options : [input]).map(({ shape }) =>
    Object.keys(shape as Readonly<Record<string, unknown>>),
  )
  return first.filter((member) => rest.every((form) => form.includes(member)))
}

describe.each(NAMES)('the operation %s', (name) => {
  const contract = contractOf(name)

  test('accepts its own example', () => {
    expect(contract.input.safeParse(contract.example).error).toBeUndefined()
  })

  test('refuses a member it does not know', () => {
    const example = contract.example as Readonly<Record<string, unknown>>
    expect(contract.input.safeParse({ ...example, not_a_member: 1 }).success).toBe(false)
  })

  test('takes every parameter of its path as input', () => {
    const parameters = [...contract.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(membersOf(name)).toEqual(expect.arrayContaining(parameters))
  })

  test('changes nothing when it is read with GET', () => {
    if (contract.method === 'GET') expect(contract.effect).toBe('read')
    if (contract.effect === 'write') expect(contract.method).not.toBe('GET')
  })

  test('names only errors of the ledger, each once', () => {
    expect(contract.errors.every((code) => code in ERROR_CODES)).toBe(true)
    expect(new Set(contract.errors).size).toBe(contract.errors.length)
  })
})

describe('the table of operations', () => {
  test('has one operation for each method and address', () => {
    const addresses = NAMES.map((name) => `${contractOf(name).method} ${contractOf(name).path}`)
    expect(new Set(addresses).size).toBe(addresses.length)
  })

  test('has one operation for each command', () => {
    const commands = NAMES.flatMap((name) => contractOf(name).command ?? [])
    expect(new Set(commands).size).toBe(commands.length)
  })

  test('keeps ids to one segment of a path', () => {
    const turn = OPERATIONS['turns.record'].input
    const example = OPERATIONS['turns.record'].example
    for (const id of ['a/b', '', '.hidden', '../up', 'x'.repeat(129), 'ä', 'a b', 'a\u0000']) {
      expect(turn.safeParse({ ...example, session_id: id }).success, id).toBe(false)
    }
    for (const id of ['a', 'alice@example.org', '0602f35d-2787-4e83-87f3-7c71bc58e4d6', 'x'.repeat(128)]) {
      expect(turn.safeParse({ ...example, session_id: id }).success, id).toBe(true)
    }
  })

  test('bounds figures: no fractions, nothing negative, nothing that could not be added exactly', () => {
    const turn = OPERATIONS['turns.record'].input
    const example = OPERATIONS['turns.record'].example
    for (const value of [-1, 1.5, 2 ** 40 + 1, Number.NaN, Number.POSITIVE_INFINITY, '12', null]) {
      expect(turn.safeParse({ ...example, input_tokens: value }).success, String(value)).toBe(false)
    }
    for (const value of [-0.01, 1_000_001, Number.POSITIVE_INFINITY]) {
      expect(turn.safeParse({ ...example, cost_usd: value }).success, String(value)).toBe(false)
    }
    expect(turn.safeParse({ ...example, turn_number: 0 }).success).toBe(false)
  })
})

describe('error codes', () => {
  test('a limit is refused with 429, and every code has a title', () => {
    expect(LIMIT_CODES.map((code) => ERROR_CODES[code].status)).toEqual([429, 429, 429, 429, 429])
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      expect(ERROR_CODES[code].title, code).toMatch(/^[A-Z].+[^.]$/)
      expect(ERROR_CODES[code].status, code).toBeGreaterThanOrEqual(400)
      expect(problemType(code)).toBe(`urn:weir:error:${code}`)
    }
  })
})
