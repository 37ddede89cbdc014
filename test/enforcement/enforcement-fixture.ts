import { GrantManager } from '../../electron/core/access/grant-manager.ts'
import { ProfileManager } from '../../electron/core/access/profile-manager.ts'
import { UserManager } from '../../electron/core/access/user-manager.ts'
import type { CheckAnswer } from '../../electron/core/api.ts'
import { AuditReader } from '../../electron/core/audit/audit-reader.ts'
import { EnforcementManager } from '../../electron/core/enforcement/enforcement-manager.ts'
import { OPERATIONS, type OperationName, type ParsedInput } from '../../shared/contract/index.ts'
import { openConsumption } from '../support/consumption.ts'

/** Everything that decides and everything that changes the rules, on one real database. */
export async function openEnforcement() {
  const opened = await openConsumption()
  const { database, clock, settings, context, consumption } = opened
  const check = (members: Partial<ParsedInput<'limits.check'>> = {}): Promise<CheckAnswer> =>
    consumption.admit({ user_id: 'alice', ...members })
  return {
    ...opened,
    users: new UserManager(database, context, settings),
    profiles: new ProfileManager(database, clock, settings),
    grants: new GrantManager(database, clock),
    enforcement: new EnforcementManager(database, clock, settings),
    audit: new AuditReader(database),
    check,
    /** Checks once without counting: the code of the no, or `yes`. */
    wouldSay: async (userId = 'alice'): Promise<string> =>
      codeOf(await check({ user_id: userId, dry_run: true })),
  }
}

export type TestEnforcement = Awaited<ReturnType<typeof openEnforcement>>

export function codeOf(answer: CheckAnswer): string {
  return answer.kind === 'refused' ? answer.code : 'yes'
}

/** The value, after it was compared with what the contract promises. */
export function asContract<Value>(name: OperationName, value: Value): Value {
  OPERATIONS[name].output.parse(value)
  return value
}
