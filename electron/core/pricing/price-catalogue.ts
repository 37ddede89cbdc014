import type { EpochMs } from '../../../shared/units.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import { bundledCatalogue, CATALOGUE_VERSION } from './bundled-catalogue.ts'
import { PriceBook } from './price-book.ts'
import { listPrices, replaceCatalogue, storedCatalogueVersion } from './price-store.ts'
import type { TokenPrice } from './token-price.ts'

/**
 * Writes the prices this Weir comes with where there is no catalogue yet. One that is there stays, also when a newer Weir
 * has other prices: what turns cost changes when the operator has seen by how much. Takes the database and not a
 * transaction: the bundled prices are read from disk, which no transaction may wait for.
 */
export async function seedPriceCatalogue(
  database: Pick<Database, 'reader' | 'write'>,
  now: EpochMs,
): Promise<{ readonly seeded: boolean }> {
  if ((await storedCatalogueVersion(database.reader)) !== undefined) return { seeded: false }
  const prices = await bundledCatalogue()
  await database.write((trx) => replaceCatalogue(trx, prices, CATALOGUE_VERSION, now))
  return { seeded: true }
}

/** The whole price table in memory. Load it again after prices have changed. */
export async function loadPriceBook(db: Reader | Writer, fallback?: TokenPrice): Promise<PriceBook> {
  return new PriceBook(await listPrices(db), fallback)
}
