import { canonicalProvider } from '../pricing/provider-names.ts'
import type { PriceStep, TokenPrice } from '../pricing/token-price.ts'

/**
 * One entry of a price file as LiteLLM publishes it (`model_prices_and_context_window.json`): the name of a model, and
 * what a single token costs in dollars. Pure.
 */

/** An entry understood, or why it cannot be used. */
export type ReadEntry =
  | ({
      readonly kind: 'price'
      readonly provider: string
      readonly model: string
      readonly steps: readonly PriceStep[]
    } & TokenPrice)
  | { readonly kind: 'unusable'; readonly reason: string }

// A dollar for a single token is far above any price, and what is above it is an error of the file.
const MICRO_USD_PER_MILLION_MAX = 1_000_000_000_000n

/** Names of LiteLLM's that are ways to call a provider and not providers of their own. */
const CALLED_AS: Readonly<Record<string, string>> = {
  azure_text: 'azure',
  bedrock_converse: 'bedrock',
  bedrock_mantle: 'bedrock',
  cohere_chat: 'cohere',
}

/** Entries that are paid for what goes in alone. */
const WITHOUT_OUTPUT: ReadonlySet<unknown> = new Set(['embedding', 'rerank', 'moderation'])

/** Reads an entry. Figures become whole micro-dollars per million tokens, exact, rounded half up where finer. */
export function readEntry(name: string, entry: unknown): ReadEntry {
  if (name === 'sample_spec') return unusable('It is the example of the format, not a model.')
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return unusable('It is not an object with prices.')
  const values = entry as Readonly<Record<string, unknown>>
  const named = namesOf(name, values['litellm_provider'])
  if (typeof named === 'string') return unusable(named)
  const given = ['input_cost_per_token', 'output_cost_per_token'].map((key) => values[key] ?? null)
  if (given.every((value) => value === null)) return unusable('It is not paid for by the token.')
  if (given[0] === null) return unusable('It has no price for input tokens.')
  if (given[1] === null && !WITHOUT_OUTPUT.has(values['mode']))
    return unusable('It has no price for output tokens.')
  try {
    const base = priceAbove(values, '', null)
    return { kind: 'price', ...named, ...base, steps: stepsOf(values, base) }
  } catch (error) {
    if (error instanceof BadFigure) return unusable(error.message)
    throw error
  }
}

function unusable(reason: string): ReadEntry {
  return { kind: 'unusable', reason }
}

/** The name Weir has for a provider. What stands in a file may also be called like a member every object has. */
function ownName(called: string): string {
  return Object.hasOwn(CALLED_AS, called) ? (CALLED_AS[called] ?? called) : called
}

/** Provider and model, or why there are none. */
function namesOf(name: string, given: unknown): { provider: string; model: string } | string {
  if (typeof given !== 'string' || given.trim() === '') return 'It names no provider.'
  const called = given.trim().replace(/^text-completion-/, '')
  // `vertex_ai-language-models` and the like: kinds of models of one provider.
  const plain = /^(vertex_ai|fireworks_ai)-/.exec(called)?.[1] ?? ownName(called)
  const provider = canonicalProvider(plain)
  const slash = name.indexOf('/')
  const isPrefixed = slash > 0 && canonicalProvider(name.slice(0, slash)) === provider
  const model = (isPrefixed ? name.slice(slash + 1) : name).trim()
  if (provider === '' || model === '') return 'It names no model.'
  if (model.length > NAME_MAX) return 'Its name is too long.'
  if (model.includes('*') || model.startsWith('/')) return 'It stands for several models.'
  return { provider, model }
}

// As long as the names of prices may be that are typed.
const NAME_MAX = 200

class BadFigure extends Error {}

/** The prices above a length of the prompt; what is not said is as below it. */
function priceAbove(
  values: Readonly<Record<string, unknown>>,
  suffix: string,
  below: TokenPrice | null,
): TokenPrice {
  const figure = (key: string): number | null => {
    const value = values[`${key}${suffix}`] ?? null
    return value === null ? null : microUsdPerMillion(value)
  }
  return {
    inputMicroUsdPerMillion: figure('input_cost_per_token') ?? below?.inputMicroUsdPerMillion ?? 0,
    outputMicroUsdPerMillion: figure('output_cost_per_token') ?? below?.outputMicroUsdPerMillion ?? 0,
    cachedInputMicroUsdPerMillion:
      figure('cache_read_input_token_cost') ?? below?.cachedInputMicroUsdPerMillion ?? null,
  }
}

const ABOVE =
  /^(?:input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)_above_(\d{1,6})k_tokens$/

function stepsOf(values: Readonly<Record<string, unknown>>, base: TokenPrice): PriceStep[] {
  const thousands = new Set(
    Object.entries(values).flatMap(([key, value]) => {
      const length = ABOVE.exec(key)?.[1]
      return length === undefined || value === null ? [] : [Number(length)]
    }),
  )
  let below = base
  return [...thousands]
    .sort((one, other) => one - other)
    .map((length) => {
      below = priceAbove(values, `_above_${length}k_tokens`, below)
      return { ...below, overInputTokens: length * 1000, daySeconds: null }
    })
}

/** Dollars a token to micro-dollars a million tokens: moves the point of the decimal number by twelve places. */
function microUsdPerMillion(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  const [, whole = '', fraction = '', power = '0'] = /^(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(text) ?? []
  if (whole + fraction === '') throw new BadFigure('A price is not a number of dollars, 0 or more.')
  const shift = 12 + Number(power) - fraction.length
  const digits = BigInt(whole + fraction)
  const exact = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedHalfUp(digits, 10n ** BigInt(-shift))
  if (exact > MICRO_USD_PER_MILLION_MAX) throw new BadFigure('A price is more than a dollar for a token.')
  return Number(exact)
}

function roundedHalfUp(value: bigint, by: bigint): bigint {
  return (2n * value + by) / (2n * by)
}
