import type { Caller, Refusal } from '../core/api.ts'
import { refused } from './refusals.ts'

/** Whose figures a caller may ask for. `everybody` is what an admin gets who names nobody. */
export type ScopedUser =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'everybody' }
  | Refusal

/** A `user` caller sees only themselves, asked for or not; an admin sees whom they name. Errors: `forbidden`. */
export function scopedUser(caller: Caller, askedFor: string | undefined): ScopedUser {
  if (caller.scope === 'admin') {
    return askedFor === undefined ? { kind: 'everybody' } : { kind: 'user', userId: askedFor }
  }
  if (caller.userId === null) {
    return refused(
      'forbidden',
      'This token belongs to no user, so it has no figures of its own; make one with --scope user --user ID.',
    )
  }
  if (askedFor !== undefined && askedFor !== caller.userId) {
    return refused(
      'forbidden',
      'This token may only see its own user; leave user_id out or use an admin token.',
    )
  }
  return { kind: 'user', userId: caller.userId }
}

/** Like `scopedUser` where one user must be named. Errors: `forbidden`, `invalid_request`. */
export function oneUser(
  caller: Caller,
  askedFor: string | undefined,
): { readonly kind: 'user'; readonly userId: string } | Refusal {
  const whose = scopedUser(caller, askedFor)
  if (whose.kind !== 'everybody') return whose
  return refused(
    'invalid_request',
    'An admin must say which user: add user_id, for example ?user_id=alice. For everybody together ask for the system summary.',
    { errors: [{ path: 'user_id', message: 'is missing' }] },
  )
}

/**
 * The input of an operation whose user may be left out: a token made for one user acts for that user, named or not.
 * Errors: `forbidden`.
 */
export function actingFor<Input extends { readonly user_id?: string | undefined }>(
  caller: Caller,
  input: Input,
): { readonly kind: 'input'; readonly input: Input } | Refusal {
  if (caller.scope === 'admin' || caller.userId === null) return { kind: 'input', input }
  if (input.user_id === undefined) return { kind: 'input', input: { ...input, user_id: caller.userId } }
  return refuseForeignUser(caller, input.user_id) ?? { kind: 'input', input }
}

/** An executor token that was made for one user acts for that user only. Errors: `forbidden`. */
export function refuseForeignUser(caller: Caller, userId: string): Refusal | undefined {
  if (caller.scope === 'admin' || caller.userId === null || caller.userId === userId) return undefined
  return refused('forbidden', 'This token was made for another user and may not act for this one.')
}
