import { type Remembered, remembered } from '../../app/remembered.ts'
import { type ConsumptionSearch, consumptionSearch } from './consumption-search.ts'

/** How the screen was looked at last; an address that says nothing opens it so again. */
export const lastConsumptionView: Remembered<ConsumptionSearch> = remembered(
  'view.users',
  (stored): ConsumptionSearch => consumptionSearch.safeParse(stored).data ?? {},
)
