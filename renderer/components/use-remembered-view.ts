import { useEffect, useState } from 'react'
import type { Remembered } from '../app/remembered.ts'

/** View state as it stands in an address: flat, and a default is absent. */
export type AddressView = Readonly<Record<string, unknown>>

/**
 * View state that lives in the address and is found again next time: an address that says nothing opens the screen
 * as it was left, one that says anything is obeyed, so that a link always shows what it says. `forget` names members
 * that belong to the moment, such as the page.
 */
export function useRememberedView<View extends AddressView>(
  store: Remembered<View>,
  inAddress: View,
  replace: (view: View) => void,
  forget: readonly (keyof View)[],
): View {
  const isBare = membersOf(inAddress).length === 0
  // Until the address has caught up, what was remembered is what the screen shows and asks for.
  const [restoring, setRestoring] = useState<View | null>(() =>
    isBare && membersOf(store.get()).length > 0 ? store.get() : null,
  )
  if (restoring !== null && !isBare) setRestoring(null)
  const view = restoring !== null && isBare ? restoring : inAddress
  // biome-ignore lint/correctness/useExhaustiveDependencies: restored once, when the screen opens
  useEffect(() => {
    if (restoring !== null) replace(restoring)
  }, [])
  const kept = JSON.stringify(
    Object.fromEntries(membersOf(view).filter(([member]) => !forget.includes(member))),
  )
  useEffect(() => {
    // What was just read from the address by its schema and back from JSON is a View again.
    store.set(JSON.parse(kept) as View)
  }, [kept, store])
  return view
}

function membersOf(view: AddressView): readonly [string, unknown][] {
  return Object.entries(view).filter(([, value]) => value !== undefined)
}
