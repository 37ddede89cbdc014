/** A price file as LiteLLM publishes it, cut to what prices need and into pieces that each fit a request. */

/** Models by name; what stands under each is read by the core. */
export type PriceEntries = Readonly<Record<string, unknown>>

/** Entries in one request, and characters of them: below the 64 KB of a body, with room for what goes with it. */
export const ENTRIES_MAX = 400
const CHARACTERS_MAX = 40_000

/** Why the second entry for a model is left out, also when the two lie in different pieces. */
export const LISTED_TWICE = 'The file has this model twice; the first counts.'

/** Members that say anything about prices by the token. A file has five times as many. */
const MEMBERS =
  /^(litellm_provider|mode|(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)(_above_\d+k_tokens)?)$/

/** The models of a file, or null when it is no JSON object of objects. */
export function priceEntriesOf(text: string): PriceEntries | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (!isObject(parsed) || !Object.values(parsed).some(isObject)) return null
  return Object.fromEntries(
    Object.entries(parsed).map(([name, entry]) => [name, isObject(entry) ? withPricesOnly(entry) : entry]),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withPricesOnly(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([member]) => MEMBERS.test(member)))
}

/** Cuts entries into pieces, in their order. */
export function priceFilePieces(
  entries: PriceEntries,
  charactersMax = CHARACTERS_MAX,
): readonly PriceEntries[] {
  const pieces: Record<string, unknown>[] = []
  let piece: Record<string, unknown> = {}
  let count = 0
  let characters = 0
  for (const [name, entry] of Object.entries(entries)) {
    const length = name.length + JSON.stringify(entry).length
    if (count > 0 && (count === ENTRIES_MAX || characters + length > charactersMax)) {
      pieces.push(piece)
      piece = {}
      count = 0
      characters = 0
    }
    piece[name] = entry
    count += 1
    characters += length
  }
  return count === 0 ? pieces : [...pieces, piece]
}
