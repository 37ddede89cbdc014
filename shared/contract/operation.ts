import type { z } from 'zod'
import type { ErrorCode } from '../error-codes.ts'

/** Who may call: `none` needs no token; `executor`, `user` and `admin` are the scopes of access tokens. */
export type Scope = 'none' | 'executor' | 'user' | 'admin'

/**
 * One thing a caller can ask of Weir. HTTP, IPC, the command line, OpenAPI and the typed client are all
 * derived from it; nothing about an operation is written down twice.
 */
export interface OperationContract<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** Where it lives over HTTP. `{name}` in the path and query or body members together are the input. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: `/${string}`
  /** Members of the input that HTTP callers send as a header: member → name of the header. Elsewhere they are plain members. */
  readonly headers?: Readonly<Record<string, string>>
  /** Scopes whose tokens may call; `admin` may always. */
  readonly scopes: readonly Scope[]
  /** `read` changes nothing; `write` changes something and is audited where DESIGN says so. */
  readonly effect: 'read' | 'write'
  /** Status of success; a handler may choose another of `otherStatuses`. */
  readonly status: 200 | 201 | 202
  readonly summary: string
  readonly description?: string
  readonly input: Input
  readonly output: Output
  /** What it can be refused with, beyond the codes every operation shares. */
  readonly errors: readonly ErrorCode[]
  /** An example of the input, shown in the documentation and used by its test. */
  readonly example: z.input<Input>
  /** The command that calls it, when there is one: `weir <command>`. */
  readonly command?: string
}

/** Keeps the literal types of one operation. */
export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  contract: OperationContract<Input, Output>,
): OperationContract<Input, Output> {
  return contract
}
