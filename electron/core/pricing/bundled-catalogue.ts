import type { ModelPrice as LibraryPrice, MatchLogic, ModelInfo, Provider } from '@pydantic/genai-prices'
import { MICRO_USD_PER_USD } from '../../../shared/units.ts'
import { assert } from '../kernel/weir-error.ts'
import { escapeForRegExp } from './model-pattern.ts'
import type { ModelPrice, PriceStep, TokenPrice } from './token-price.ts'

/**
 * Names the prices that come with this Weir: the version of the library that carries them, and of the way they are
 * read here. When either changes the name changes, and the operator is offered the catalogue with what it would change.
 */
export const CATALOGUE_VERSION = 'genai-prices 0.1.8, reading 1'

/** The bundled prices as rows of the table, in the order of the catalogue: where two patterns match, the first counts. */
export async function bundledCatalogue(): Promise<ModelPrice[]> {
  // Loading the library takes 75 ms, and only a first start or a new version needs it: hence not at the top.
  const { waitForUpdate } = await import('@pydantic/genai-prices')
  // Nothing ever starts an update, so this resolves at once with what is in the package; nothing goes over the network.
  const providers = await waitForUpdate()
  assert(providers !== null && providers.length > 0, 'the price library carries its prices')
  return providers.flatMap(catalogueOf)
}

/** A price list, flattened: a row for each name or pattern of a model and each date its price changed. */
function catalogueOf(provider: Provider): ModelPrice[] {
  const seen = new Set<string>()
  return provider.models.flatMap((model) => {
    // Two models may claim the same name, and one may claim it twice; the library takes the first, and so must we.
    const patterns = [...new Set(patternsOf(model.match))].filter((pattern) => !seen.has(pattern))
    for (const pattern of patterns) seen.add(pattern)
    const versions = versionsOf(model)
    return patterns.flatMap((modelPattern) =>
      versions.map((version) => ({
        provider: provider.id,
        modelPattern,
        source: 'catalogue' as const,
        ...version,
      })),
    )
  })
}

/** The prices of a model by the date they began. Empty for models that are not paid by the token (speech, scans). */
function versionsOf(model: ModelInfo): Pick<ModelPrice, keyof TokenPrice | 'steps' | 'validFrom'>[] {
  const entries = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  if (entries.some(({ prices }) => !isPaidByToken(prices))) return []
  return entries.flatMap((entry, index) => {
    if (entry.constraint?.type === 'time_of_date') return []
    // The library asks from the last entry to the first: hours that follow an entry go before it, also on later days.
    const steps = [
      ...tiersOf(entry.prices, null),
      ...entries.slice(index + 1).flatMap(({ constraint, prices }) => {
        if (constraint?.type !== 'time_of_date') return []
        const hours = { from: daySecond(constraint.start_time), until: daySecond(constraint.end_time) }
        return [
          { ...priceOver(prices, 0), overInputTokens: null, daySeconds: hours },
          ...tiersOf(prices, hours),
        ]
      }),
    ]
    // The first entry also holds for what is older than every date.
    const validFrom =
      index === 0 || entry.constraint === undefined
        ? 0
        : Date.parse(`${entry.constraint.start_date}T00:00:00Z`)
    return [{ ...priceOver(entry.prices, 0), steps, validFrom }]
  })
}

/** No price at all means free of charge; prices but none for tokens means that something else is paid for. */
function isPaidByToken(prices: LibraryPrice): boolean {
  return (
    Object.keys(prices).length === 0 ||
    prices['input_mtok'] !== undefined ||
    prices['output_mtok'] !== undefined
  )
}

function tiersOf(prices: LibraryPrice, daySeconds: PriceStep['daySeconds']): PriceStep[] {
  const starts = [prices['input_mtok'], prices['output_mtok'], prices['cache_read_mtok']].flatMap((price) =>
    typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [],
  )
  return [...new Set(starts)]
    .sort((one, other) => one - other)
    .map((start) => ({ ...priceOver(prices, start + 1), overInputTokens: start, daySeconds }))
}

/** The price for a turn with this many input tokens. */
function priceOver(prices: LibraryPrice, inputTokens: number): TokenPrice {
  const cached = microUsd(prices['cache_read_mtok'], inputTokens)
  return {
    inputMicroUsdPerMillion: microUsd(prices['input_mtok'], inputTokens) ?? 0,
    outputMicroUsdPerMillion: microUsd(prices['output_mtok'], inputTokens) ?? 0,
    cachedInputMicroUsdPerMillion: cached,
  }
}

function microUsd(price: LibraryPrice[string], inputTokens: number): number | null {
  if (price === undefined) return null
  const usd =
    typeof price === 'number'
      ? price
      : (price.tiers.findLast((tier) => inputTokens > tier.start)?.price ?? price.base)
  return Math.round(usd * MICRO_USD_PER_USD)
}

/** `00:30:00Z` as the second of the UTC day; the catalogue has no other zone, and a new one must not be misread. */
function daySecond(time: string): number {
  const [, hours, minutes, seconds] = /^(\d{2}):(\d{2}):(\d{2})Z$/.exec(time) ?? []
  assert(hours !== undefined, `the catalogue gives hours in UTC, not as ${time}`)
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

function patternsOf(match: MatchLogic): string[] {
  if ('or' in match) return match.or.flatMap(patternsOf)
  if ('equals' in match) return [plain(match.equals)]
  if ('starts_with' in match) return [`${plain(match.starts_with)}*`]
  if ('ends_with' in match) return [`*${plain(match.ends_with)}`]
  if ('contains' in match) return [`*${plain(match.contains)}*`]
  return [`/${expressionOf(match)}/`]
}

function plain(name: string): string {
  assert(
    !name.includes('*') && !name.startsWith('/'),
    `the catalogue's name ${name} would be read as a pattern`,
  )
  return name.toLowerCase()
}

/** Any rule as a regular expression; rules that must hold together become look-aheads from the start. */
function expressionOf(match: MatchLogic): string {
  if ('regex' in match) return match.regex
  if ('and' in match) return `^${match.and.map((rule) => `(?=${fromStart(expressionOf(rule))})`).join('')}`
  if ('or' in match) return match.or.map((rule) => `(?:${expressionOf(rule)})`).join('|')
  if ('equals' in match) return `^${escapeForRegExp(match.equals.toLowerCase())}$`
  if ('starts_with' in match) return `^${escapeForRegExp(match.starts_with.toLowerCase())}`
  if ('ends_with' in match) return `${escapeForRegExp(match.ends_with.toLowerCase())}$`
  return escapeForRegExp(match.contains.toLowerCase())
}

function fromStart(expression: string): string {
  return expression.startsWith('^') ? expression : `.*(?:${expression})`
}
