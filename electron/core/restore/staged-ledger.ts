import type { ConsumptionContext } from '../consumption/context.ts'
import { Database } from '../database/database.ts'
import { type CatchUpResult, CatchUpRun, type ScanChanged } from '../import/catch-up-run.ts'
import { LedgerAdapter } from '../import/ledger-adapter.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { PriceManager } from '../prices/price-manager.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import { SettingsManager } from '../settings/settings-manager.ts'

/**
 * Books session files into a database nobody serves, by its own settings and prices. All files are read, whatever the
 * database remembers of them. Errors: those of `CatchUpRun.work`.
 */
export async function replayIntoFile(
  target: { readonly file: string; readonly sqliteBinding: string | null },
  sessionsDir: string,
  ports: SystemPorts,
  scanner: SessionScanner,
  signal: AbortSignal,
): Promise<CatchUpResult> {
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
    const scan: ScanChanged = (folder, onMessage) =>
      scanner.scan({ sessionsDir: folder, known: new Map(), hashContents: false }, onMessage)
    return await new CatchUpRun(new LedgerAdapter(context, 'left out')).work(sessionsDir, scan, signal)
  } finally {
    await database.close()
  }
}
