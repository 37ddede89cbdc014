import type { OperationInput } from '../../../shared/contract/index.ts'
import { unwrap } from '../../app/queries.ts'
import { collect, type ExportedRows } from '../../components/export-rows.ts'
import type { WeirClient } from '../../weir-client.ts'
import type { Costs, CostsSearch } from './costs-search.ts'

/** The most the server gives at a time. */
const PRICES_A_CALL = 500

/** The costs as they are shown, by whatever they are shown by; of the users the dearest. */
export function costRows(data: Costs, by: NonNullable<CostsSearch['by']>): ExportedRows {
  const range = { period: data.range }
  if (by === 'user') {
    return { rows: data.users.map((row) => ({ ...range, ...row })), totalCount: data.users_count }
  }
  const rows = (by === 'provider' ? data.providers : data.models).map((row) => ({ ...range, ...row }))
  return { rows, totalCount: rows.length }
}

/** All prices of a view. Rejects with the `Problem`. */
export function allPrices(client: WeirClient, view: OperationInput<'prices.list'>): Promise<ExportedRows> {
  return collect(async (offset) => {
    const page = await unwrap(client.call('prices.list', { ...view, limit: PRICES_A_CALL, offset }))
    return { rows: page.prices, totalCount: page.total_count }
  })
}
