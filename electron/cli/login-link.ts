import { z } from 'zod'
import type { RunFile } from '../core/kernel/run-file.ts'
import { askInstance } from '../core/kernel/running-instance.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { LOGIN_CODE_LIFE_MS, loginUrl } from '../http/login-codes.ts'
import { OWN_CONTRACT } from '../http/own-contract.ts'
import type { LoginLink } from './cli-context.ts'

/** Making a code is a matter of microseconds. */
const ANSWER_LIMIT_MS = 5_000

const loginCode = z.object({ code: z.string() })

/** Asks the running Weir for a one-time login address. Errors: `storage_unavailable` when it gives none. */
export async function newLoginLink(run: RunFile): Promise<LoginLink> {
  const { method, path } = OWN_CONTRACT.loginCode
  const answer = await askInstance(run, { method, path, body: {}, timeoutMs: ANSWER_LIMIT_MS })
  const parsed = loginCode.safeParse(answer.body)
  if (!parsed.success) {
    throw new WeirError(
      'storage_unavailable',
      `The running Weir gave no login code (status ${answer.status}).`,
    )
  }
  return { url: loginUrl(run.url, parsed.data.code), expires_in_seconds: LOGIN_CODE_LIFE_MS / 1000 }
}
