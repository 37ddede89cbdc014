import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { showUndo } from '../../app/undo.tsx'
import { clipText } from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import { FROM_THE_BEGINNING } from './valid-from.tsx'

export type Price = OperationOutput<'prices.list'>['prices'][number]
type StoredPrice = OperationOutput<'prices.set'>['price']

/** Longer names would make a note of several lines. */
const NAME_MAX = 60

/** What a price is for, in words. */
export function priceName({ model_pattern }: Pick<Price, 'model_pattern'>): string {
  return clipText(model_pattern, NAME_MAX)
}

/** The input that sets a price as it is or was. */
function asItIs(price: StoredPrice): OperationInput<'prices.set'> {
  return {
    provider: price.provider,
    model_pattern: price.model_pattern,
    input_usd_per_million: price.input_usd_per_million,
    output_usd_per_million: price.output_usd_per_million,
    cached_input_usd_per_million: price.cached_input_usd_per_million,
    valid_from: price.valid_from ?? FROM_THE_BEGINNING,
  }
}

/** Setting and removing prices of one's own: done at once, said, and undone by one click. */
export function usePriceChanges() {
  const set = useWeirMutation('prices.set')
  const remove = useWeirMutation('prices.delete')
  const failed = { onError: showProblem }
  const undone = { onSuccess: () => showDone(costsText.prices.undone), ...failed }
  return {
    isSaving: set.isPending,
    save: (input: OperationInput<'prices.set'>, onSaved: () => void): void =>
      set.mutate(input, {
        ...failed,
        onSuccess: ({ price, replaced }) => {
          onSaved()
          showUndo(costsText.prices.saved(priceName(price)), () =>
            replaced === null
              ? remove.mutate({ id: price.id }, undone)
              : set.mutate(asItIs(replaced), undone),
          )
        },
      }),
    remove: (price: Price): void =>
      remove.mutate(
        { id: price.id },
        {
          ...failed,
          onSuccess: (gone) =>
            showUndo(costsText.prices.removed(priceName(price)), () =>
              set.mutate(asItIs(gone.price), undone),
            ),
        },
      ),
  }
}
