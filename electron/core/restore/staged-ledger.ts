import type { ConsumptionContext } from '../consumption/context.ts'
import { Database } from '../database/database.ts'
import { LedgerAdapter } from '../import/ledger-adapter.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { PriceManager } from '../prices/price-manager.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import { SettingsManager } from '../settings/settings-manager.ts'
import { type Replayed, replayFiles } from './replay-files.ts'

/** Books session files into a database nobody serves, by its own settings and prices. Errors: those of `replayFiles`. */
export async function replayIntoFile(
  target: { readonly file: string; readonly sqliteBinding: string | null },
  sessionsDir: string,
  ports: SystemPorts,
  scanner: SessionScanner,
  signal: AbortSignal,
): Promise<Replayed> {
  const database = Database.open(target)
  try {
    const settings = await SettingsManager.open(database, ports.clock)
    const prices = await PriceManager.open(database, ports.clock, settings)
    const context: ConsumptionContext = {
      ...ports,
      database,
      settings: () => settings.current(),
      prices: () => prices.book(),
    }
    return await replayFiles(new LedgerAdapter(context), scanner, sessionsDir, signal)
  } finally {
    await database.close()
  }
}
