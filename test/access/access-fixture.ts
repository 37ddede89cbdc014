import { randomBytes } from 'node:crypto'
import { GrantManager } from '../../electron/core/access/grant-manager.ts'
import { ProfileManager } from '../../electron/core/access/profile-manager.ts'
import { seedProfiles } from '../../electron/core/access/shipped-profiles.ts'
import { TokenManager } from '../../electron/core/access/token-manager.ts'
import { UserDirectory } from '../../electron/core/access/user-directory.ts'
import { UserManager } from '../../electron/core/access/user-manager.ts'
import type { Actor } from '../../electron/core/api.ts'
import type { SystemPorts } from '../../electron/core/kernel/ports.ts'
import { SettingsManager } from '../../electron/core/settings/settings-manager.ts'
import { openTestDatabase } from '../support/database.ts'

export const OPERATOR: Actor = { name: 'Olga', via: 'window' }

/** Users, profiles and tokens over a real database with the shipped profiles in it. */
export async function openAccess() {
  const opened = await openTestDatabase()
  const { database, clock } = opened
  const warnings: string[] = []
  const ports: SystemPorts = {
    clock,
    randomBytes: (count) => randomBytes(count),
    log: { debug: () => {}, info: () => {}, warn: (message) => void warnings.push(message), error: () => {} },
  }
  await database.write((trx) => seedProfiles(trx, clock.now()))
  const settings = await SettingsManager.open(database, clock)
  const tokens = new TokenManager(database, ports)
  return {
    ...opened,
    ports,
    warnings,
    settings,
    users: new UserManager(database, ports, settings),
    profiles: new ProfileManager(database, clock, settings),
    grants: new GrantManager(database, clock),
    directory: new UserDirectory(database, clock, settings, () => tokens.dropCache()),
    tokens,
    /** What was audited so far, oldest first. */
    audited: () => database.reader.selectFrom('audit_log').selectAll().orderBy('id').execute(),
  }
}

export type Access = Awaited<ReturnType<typeof openAccess>>
