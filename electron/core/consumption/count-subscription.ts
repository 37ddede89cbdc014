import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Writer } from '../database/database.ts'
import { saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { currentUsage, userOf } from './current-usage.ts'
import { readProfiles } from './limit-rules-store.ts'
import { periodText } from './windows.ts'

/** Counts the subscription of a collection in the running month, once per user and collection. Errors: `user_unknown`. */
export async function countSubscription(
  trx: Writer,
  input: ParsedInput<'consumption.collectionSubscription'>,
  context: ConsumptionContext,
): Promise<OperationOutput<'consumption.collectionSubscription'>> {
  const moment = momentOf(context)
  const state = await userOf(trx, input.user_id, moment)
  const { usage } = await currentUsage(trx, state, await readProfiles(trx), moment)
  const result = await trx
    .insertInto('collection_subscriptions')
    .values({
      user_key: state.account.key,
      collection_id: input.collection_id,
      period: usage.period,
      counted_at: moment.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  const isNew = result.numInsertedOrUpdatedRows === 1n
  const count = usage.collections_subscribed + (isNew ? 1 : 0)
  if (isNew) await saveUsage(trx, { ...usage, collections_subscribed: count, last_updated_at: moment.now })
  return {
    replayed: !isNew,
    user_id: state.account.id,
    current_period: periodText(usage.period),
    collections_subscribed: count,
  }
}
