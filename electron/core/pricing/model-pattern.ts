/**
 * How a price names the models it is for. Three ways, told apart by their look and compared in lower case:
 * `gpt-4o-mini` is that very name; `gemini-2.5-pro*` or `*nova-lite*` stands for any characters at each `*`;
 * `/^gpt-6-sol-\d{4}$/`, between slashes, is a regular expression (the catalogue has a few, for dated names).
 */
export function patternToRegExp(pattern: string): RegExp | undefined {
  if (isRegExpPattern(pattern)) return new RegExp(pattern.slice(1, -1), 's')
  if (!pattern.includes('*')) return undefined
  const parts = pattern.toLowerCase().split('*').map(escapeForRegExp)
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

/** Whether the name of a model would be understood as a pattern, of whatever kind, or as a broken one. */
export function looksLikePattern(name: string): boolean {
  return name.includes('*') || name.startsWith('/')
}

function isRegExpPattern(pattern: string): boolean {
  return pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/')
}

/** The text as a regular expression that matches just it. */
export function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

// An Amazon resource name ends with the model behind its last slash: arn:aws:bedrock:…:inference-profile/eu.amazon.nova-lite-v1:0.
const ARN = /^arn:.*\/([^/]+)$/
// Some platforms write the date of a model as 20240718, the catalogue as 2024-07-18.
const COMPACT_DATE = /-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g

/** The names a provider's own price list may have for the model, the likeliest first. */
export function namesOf(model: string): string[] {
  const name = model.trim().toLowerCase().replace(ARN, '$1')
  return distinct([name, name.replace(COMPACT_DATE, '-$1-$2-$3')])
}

/** The names without the maker in front: `google/gemma-3-27b-it` is `gemma-3-27b-it`. */
export function bareNamesOf(model: string): string[] {
  const names = namesOf(model)
  return distinct(names.map((name) => name.slice(name.lastIndexOf('/') + 1))).filter(
    (name) => !names.includes(name),
  )
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '')
}
