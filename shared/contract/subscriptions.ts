import { z } from 'zod'
import { userId } from './fields.ts'
import { operation } from './operation.ts'

/** Subscriptions of collections, counted beside turns. */
export const subscriptionOperations = {
  'consumption.collectionSubscription': operation({
    method: 'POST',
    path: '/api/v1/consumption/collection-subscriptions',
    scopes: ['executor'],
    effect: 'write',
    status: 201,
    summary: 'Count a subscription of a collection',
    description:
      'Counted once per user and `collection_id`, in the running month; the same collection again answers 200 with `replayed: true`.',
    input: z.strictObject({ user_id: userId, collection_id: z.string().min(1).max(255) }),
    output: z.object({
      replayed: z.boolean(),
      user_id: z.string(),
      current_period: z.string(),
      /** Of the running month, this one included. */
      collections_subscribed: z.number(),
    }),
    errors: ['user_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: { user_id: 'alice', collection_id: 'collection-7' },
  }),
}
