import type { EpochMs } from '../../../shared/units.ts'
import { bareNamesOf, namesOf, patternToRegExp } from './model-pattern.ts'
import { ASKED_FIRST, canonicalProvider } from './provider-names.ts'
import { FALLBACK_PRICE, type ModelPrice, type TokenPrice } from './token-price.ts'

/** The prices of one pattern of one provider, the newest first. */
interface PatternPrices {
  /** Place in the table; where two patterns match, the earlier one counts. */
  readonly place: number
  readonly pattern: string
  /** Undefined for a plain name. */
  readonly expression: RegExp | undefined
  readonly prices: ModelPrice[]
}

interface PriceList {
  readonly byName: Map<string, PatternPrices>
  readonly byExpression: PatternPrices[]
}

// Far more pairs of provider and model than anybody uses; a caller who invents names cannot fill the memory.
const REMEMBERED_MODELS_MAX = 10_000

/** An operator's price for every provider. */
export const ANY_PROVIDER = '*'

/**
 * The price table in memory. Finding a model's prices goes through patterns and other providers' lists and takes
 * some microseconds; the answer is remembered, because every recorded turn asks. A book is never changed:
 * after a change of prices a new one is loaded.
 */
export class PriceBook {
  /** What a model costs for which nobody has a price. */
  readonly fallback: TokenPrice
  /** Patterns that are no regular expressions: their prices are left out, so that one of them cannot stop Weir. */
  readonly unusable: readonly string[]
  readonly #catalogue: ReadonlyMap<string, PriceList>
  readonly #imported: ReadonlyMap<string, PriceList>
  readonly #operator: ReadonlyMap<string, PriceList>
  readonly #market: readonly Market[]
  readonly #remembered = new Map<string, Map<string, readonly ModelPrice[]>>()
  #rememberedCount = 0

  /** @param prices in the order of the table: within a provider, the first pattern that matches counts */
  constructor(prices: readonly ModelPrice[], fallback: TokenPrice = FALLBACK_PRICE) {
    this.fallback = fallback
    const expressions = expressionsOf(prices)
    const usable = prices.filter((price) => expressions.get(price.modelPattern) !== null)
    this.unusable = [...expressions].flatMap(([pattern, expression]) =>
      expression === null ? [pattern] : [],
    )
    const listsOf = (source: ModelPrice['source']) =>
      priceLists(
        usable.filter((price) => price.source === source),
        expressions,
      )
    this.#catalogue = listsOf('catalogue')
    this.#imported = listsOf('imported')
    this.#operator = listsOf('operator')
    this.#market = inAskingOrder(this.#catalogue, this.#imported)
  }

  /**
   * The price for a model at an instant, or undefined when nobody has one. The operator's prices come first (exact
   * names before patterns, that provider's before those for any), then what was imported for the provider, then the
   * provider's own list, then the lists of the others by the model alone.
   */
  priceOf(provider: string, model: string, at: EpochMs): ModelPrice | undefined {
    for (const price of this.#pricesFor(provider, model)) if (price.validFrom <= at) return price
    return undefined
  }

  /**
   * The prices imported for the provider, or of its own list, that hold from one instant to another, one after the other;
   * undefined stands for a time of which neither has one. There is always a first: what holds at `from`.
   */
  listedPrices(
    provider: string,
    model: string,
    from: EpochMs,
    until: EpochMs,
  ): readonly (ModelPrice | undefined)[] {
    const name = canonicalProvider(provider)
    const names = namesOf(model)
    const listed = [
      ...allIn(this.#imported.get(name), names),
      ...(firstIn(this.#catalogue.get(name), names)?.prices ?? []),
    ]
    const changesAt = listed.map((price) => price.validFrom).filter((at) => at > from && at <= until)
    const instants = [from, ...changesAt.sort((one, other) => one - other)]
    return instants.map((at) => listed.find((price) => price.validFrom <= at))
  }

  #pricesFor(provider: string, model: string): readonly ModelPrice[] {
    const known = this.#remembered.get(provider)?.get(model)
    if (known !== undefined) return known
    const prices = this.#findPrices(canonicalProvider(provider), model)
    if (this.#rememberedCount >= REMEMBERED_MODELS_MAX) {
      this.#remembered.clear()
      this.#rememberedCount = 0
    }
    const models = this.#remembered.get(provider) ?? new Map<string, readonly ModelPrice[]>()
    this.#remembered.set(provider, models.set(model, prices))
    this.#rememberedCount += 1
    return prices
  }

  /** All prices that could apply, in the order of preference; which one does depends on the instant. */
  #findPrices(provider: string, model: string): readonly ModelPrice[] {
    const names = namesOf(model)
    const ofOperator = [this.#operator.get(provider), this.#operator.get(ANY_PROVIDER)].flatMap((list) =>
      allIn(list, [...names, ...bareNamesOf(model)]),
    )
    return [
      ...ofOperator,
      ...allIn(this.#imported.get(provider), names),
      ...(firstIn(this.#catalogue.get(provider), names)?.prices ?? this.#onTheMarket(model)),
    ]
  }

  #onTheMarket(model: string): readonly ModelPrice[] {
    // Imported ones hold from their date on: for what is older the first list of the catalogue is asked as well.
    const found: ModelPrice[] = []
    for (const names of [namesOf(model), bareNamesOf(model)]) {
      for (const { imported, catalogue } of this.#market) {
        found.push(...paidFor(firstIn(imported, names)))
        const listed = paidFor(firstIn(catalogue, names))
        if (listed.length > 0) return [...found, ...listed]
      }
    }
    return found
  }
}

/** By pattern: undefined for a plain name, null for what is no regular expression. */
type Expressions = ReadonlyMap<string, RegExp | undefined | null>

function expressionsOf(prices: readonly ModelPrice[]): Expressions {
  const expressions = new Map<string, RegExp | undefined | null>()
  for (const { modelPattern } of prices)
    if (!expressions.has(modelPattern)) expressions.set(modelPattern, expressionOf(modelPattern))
  return expressions
}

function expressionOf(pattern: string): RegExp | undefined | null {
  try {
    return patternToRegExp(pattern)
  } catch {
    return null
  }
}

function priceLists(prices: readonly ModelPrice[], expressions: Expressions): Map<string, PriceList> {
  const lists = new Map<string, PriceList>()
  const patterns = new Map<string, PatternPrices>()
  for (const [place, price] of prices.entries()) {
    const provider = price.provider === ANY_PROVIDER ? ANY_PROVIDER : canonicalProvider(price.provider)
    const key = `${provider}\n${price.modelPattern}`
    const known = patterns.get(key)
    if (known !== undefined) {
      known.prices.push(price)
      continue
    }
    const expression = expressions.get(price.modelPattern) ?? undefined
    const added: PatternPrices = { place, pattern: price.modelPattern, expression, prices: [price] }
    patterns.set(key, added)
    const list = lists.get(provider) ?? { byName: new Map<string, PatternPrices>(), byExpression: [] }
    lists.set(provider, list)
    if (expression === undefined) list.byName.set(price.modelPattern.toLowerCase(), added)
    else list.byExpression.push(added)
  }
  for (const { prices: versions } of patterns.values())
    versions.sort((one, other) => other.validFrom - one.validFrom)
  return lists
}

/** The lists of one provider that others are asked by. */
interface Market {
  readonly imported: PriceList | undefined
  readonly catalogue: PriceList | undefined
}

function inAskingOrder(
  catalogue: ReadonlyMap<string, PriceList>,
  imported: ReadonlyMap<string, PriceList>,
): Market[] {
  const all = new Set([...catalogue.keys(), ...imported.keys()])
  const others = [...all].filter((provider) => !ASKED_FIRST.includes(provider)).sort()
  return [...ASKED_FIRST, ...others].map((provider) => ({
    imported: imported.get(provider),
    catalogue: catalogue.get(provider),
  }))
}

/** The prices of a model that is paid for. That one host gives it away says nothing about what another takes for it. */
function paidFor(found: PatternPrices | undefined): readonly ModelPrice[] {
  const isPaid = found?.prices.some(
    (price) => price.inputMicroUsdPerMillion > 0 || price.outputMicroUsdPerMillion > 0,
  )
  return isPaid === true ? (found?.prices ?? []) : []
}

/** The first pattern of the list, in its order, that matches one of the names; the first name that matches at all decides. */
function firstIn(list: PriceList | undefined, names: readonly string[]): PatternPrices | undefined {
  if (list === undefined) return undefined
  for (const name of names) {
    const byName = list.byName.get(name)
    const byExpression = list.byExpression.find((entry) => entry.expression?.test(name))
    if (byName === undefined) {
      if (byExpression !== undefined) return byExpression
    } else {
      return byExpression !== undefined && byExpression.place < byName.place ? byExpression : byName
    }
  }
  return undefined
}

/** Every price whose pattern matches one of the names: exact names first, then the longest, most particular pattern. */
function allIn(list: PriceList | undefined, names: readonly string[]): ModelPrice[] {
  if (list === undefined) return []
  const byName = names.flatMap((name) => list.byName.get(name) ?? [])
  const byExpression = list.byExpression
    .filter((entry) => names.some((name) => entry.expression?.test(name)))
    .sort((one, other) => other.pattern.length - one.pattern.length || one.place - other.place)
  return [...byName, ...byExpression].flatMap((entry) => entry.prices)
}
