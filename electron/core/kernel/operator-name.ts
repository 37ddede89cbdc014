import { userInfo } from 'node:os'

/** Who sits at this machine, as the audit log names them: the account, or its number where it has no name. */
export function operatorName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username
  } catch {
    // In a container the account often has no entry in the list of users; that is no reason not to start.
    return env['USER'] || env['USERNAME'] || `account ${process.getuid?.() ?? 'without a name'}`
  }
}
