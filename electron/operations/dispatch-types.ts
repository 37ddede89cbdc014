import type { OperationName, OperationOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { Caller, Refusal, Weir } from '../core/api.ts'

/** What a handler answers: a value (with another status of success when it says so) or a refusal. */
export type HandlerResult<Name extends OperationName> =
  | { readonly kind: 'done'; readonly value: OperationOutput<Name>; readonly status?: 200 | 201 | 202 }
  | Refusal

/** One operation's handler: no rule is decided here, core is asked. */
export type Handler<Name extends OperationName> = (
  weir: Weir,
  input: ParsedInput<Name>,
  caller: Caller,
) => Promise<HandlerResult<Name>>

export type Handlers = { readonly [Name in OperationName]: Handler<Name> }
