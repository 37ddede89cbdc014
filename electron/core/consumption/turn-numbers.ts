/** Numbers of turns in short: `0-17,20`. Sessions count up, so a long one takes a few characters. Pure. */

/** Errors: none; the text is one of `numbersText`. */
export function numbersOf(text: string): Set<number> {
  const numbers = new Set<number>()
  for (const range of text === '' ? [] : text.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number)
    for (let number = first; number <= last; number += 1) numbers.add(number)
  }
  return numbers
}

export function numbersText(numbers: Iterable<number>): string {
  const ranges: [number, number][] = []
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
