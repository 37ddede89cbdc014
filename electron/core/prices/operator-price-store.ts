import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { listPrices } from '../pricing/price-store.ts'
import type { TokenPrice } from '../pricing/token-price.ts'
import type { StoredPrice } from './price-wire.ts'

/** The operator's rows of `model_prices`; the catalogue's belong to pricing. */

/** The whole table with the numbers of its rows, in the order in which the catalogue's patterns are asked. */
export async function listStoredPrices(db: Reader | Writer): Promise<StoredPrice[]> {
  const prices = await listPrices(db)
  const ids = await db.selectFrom('model_prices').select('id').orderBy('id').execute()
  return prices.map((price, at) => ({ ...price, id: ids[at]?.id ?? 0 }))
}

/** What makes a price of the operator one and the same. */
export interface OperatorPriceKey {
  readonly provider: string
  readonly modelPattern: string
  readonly validFrom: EpochMs
}

/** Writes a price of the operator's, over the one with the same key if there is one. */
export async function saveOperatorPrice(
  trx: Writer,
  key: OperatorPriceKey,
  price: TokenPrice,
  now: EpochMs,
): Promise<void> {
  const figures = {
    input_micro_usd_per_million: price.inputMicroUsdPerMillion,
    output_micro_usd_per_million: price.outputMicroUsdPerMillion,
    cached_input_micro_usd_per_million: price.cachedInputMicroUsdPerMillion,
    tiers: null,
  }
  await trx
    .insertInto('model_prices')
    .values({
      provider: key.provider,
      model_pattern: key.modelPattern,
      ...figures,
      valid_from: key.validFrom,
      source: 'operator',
      catalogue_version: null,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['source', 'provider', 'model_pattern', 'valid_from'])
        .doUpdateSet({ ...figures, created_at: now }),
    )
    .execute()
}

/** Takes a price of the operator's out of the table. */
export async function deleteOperatorPrice(trx: Writer, id: number): Promise<void> {
  await trx.deleteFrom('model_prices').where('id', '=', id).where('source', '=', 'operator').execute()
}
