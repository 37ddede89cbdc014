import type { PriceStep, TokenPrice } from '../pricing/token-price.ts'

/** Whether two prices are the same, and by how much they differ. Pure. */

type Stepped = TokenPrice & { readonly steps: readonly PriceStep[] }

/** Equal for every turn: the figures and the steps. */
export function isSamePrice(one: Stepped, other: Stepped): boolean {
  return (
    hasSameFigures(one, other) &&
    one.steps.length === other.steps.length &&
    one.steps.every((step, at) => isSameStep(step, other.steps[at]))
  )
}

function hasSameFigures(one: TokenPrice, other: TokenPrice): boolean {
  return (
    one.inputMicroUsdPerMillion === other.inputMicroUsdPerMillion &&
    one.outputMicroUsdPerMillion === other.outputMicroUsdPerMillion &&
    cachedPrice(one) === cachedPrice(other)
  )
}

function isSameStep(one: PriceStep, other: PriceStep | undefined): boolean {
  return (
    other !== undefined &&
    one.overInputTokens === other.overInputTokens &&
    one.daySeconds?.from === other.daySeconds?.from &&
    one.daySeconds?.until === other.daySeconds?.until &&
    hasSameFigures(one, other)
  )
}

/** Without a price of its own, input from the cache costs what other input does. */
function cachedPrice(price: TokenPrice): number {
  return price.cachedInputMicroUsdPerMillion ?? price.inputMicroUsdPerMillion
}

/** The change of the figure that changed most, in percent with one decimal; null when something free now costs. */
export function greatestChange(before: TokenPrice, after: TokenPrice): number | null {
  const pairs = [
    [before.inputMicroUsdPerMillion, after.inputMicroUsdPerMillion],
    [before.outputMicroUsdPerMillion, after.outputMicroUsdPerMillion],
    [cachedPrice(before), cachedPrice(after)],
  ] as const
  let greatest = 0
  for (const [from, to] of pairs) {
    if (from === to) continue
    if (from === 0) return null
    const percent = Math.round((1000 * (to - from)) / from) / 10
    if (Math.abs(percent) > Math.abs(greatest)) greatest = percent
  }
  return greatest
}
