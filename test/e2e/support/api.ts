import { requestOf } from '../../../renderer/weir-client.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'

/** Where to ask and as whom. */
export interface Address {
  readonly url: string
  readonly token: string
}

/** What came back: the status, and the value or the problem document. */
export interface Answer<Output> {
  readonly status: number
  readonly value: Output | undefined
  readonly problem: Problem | undefined
  readonly headers: Headers
}

/** Asks an operation over real HTTP with a token, as the agent and the command line do. */
export async function request<Name extends OperationName>(
  { url, token }: Address,
  name: Name,
  input: OperationInput<Name>,
): Promise<Answer<OperationOutput<Name>>> {
  const { url: path, init } = requestOf(name, input as Readonly<Record<string, unknown>>, null)
  const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${token}` }
  const { method, body } = init
  const response = await fetch(url + path, {
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body }),
    headers,
  })
  const answer = (await response.json()) as unknown
  return {
    status: response.status,
    value: response.ok ? (answer as OperationOutput<Name>) : undefined,
    problem: response.ok ? undefined : (answer as Problem),
    headers: response.headers,
  }
}

/** Like `request` where only a yes will do; fails with the problem. */
export async function ask<Name extends OperationName>(
  address: Address,
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const { value, problem } = await request(address, name, input)
  if (value === undefined) throw new Error(`${name} was refused: ${JSON.stringify(problem)}`)
  return value
}

/** Records a successful turn of a user now; members of `turn` replace what is not said. */
export async function recordTurn(
  address: Address,
  turn: Pick<OperationInput<'turns.record'>, 'user_id' | 'session_id' | 'turn_number'> &
    Partial<OperationInput<'turns.record'>>,
): Promise<void> {
  await ask(address, 'turns.record', {
    provider: 'Google',
    model: 'gemini-2.0-flash',
    input_tokens: 100,
    output_tokens: 10,
    ...turn,
  })
}
