/** A column: its heading, and whether it holds numbers (then it is aligned to the right). */
export interface Column {
  readonly title: string
  readonly isNumeric?: boolean
}

/** Between two columns; wide enough to tell a gap from a space in a name. */
const GAP = '  '

/** Rows as aligned text under headings; cells are made safe for a terminal. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(printable))]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => displayWidth(line[at] ?? ''))))
  return lines
    .map((line) =>
      columns
        .map((column, at) => aligned(line[at] ?? '', widths[at] ?? 0, column.isNumeric === true))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

/** Names with their values below each other: `accuracy  100 %`. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}${GAP}${printable(value)}`).join('\n')
}

function aligned(text: string, width: number, isNumeric: boolean): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return isNumeric ? space + text : text + space
}

/** Code points, which is what a terminal shows for all but the widest scripts. */
function displayWidth(text: string): number {
  return [...text].length
}

/** Names come from files and callers: a control character in one must not move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, '?')
}

const WHOLE = new Intl.NumberFormat('en-US')
const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
})

/** `12,345`. */
export function count(value: number): string {
  return WHOLE.format(value)
}

// The last digit that is shown; a cost below it is small, not nothing.
const SMALLEST_SHOWN_USD = 0.0001

/** `$1.25`, with up to four decimals where a turn costs less than a cent, and `<$0.0001` below that. */
export function dollars(value: number): string {
  return value > 0 && value < SMALLEST_SHOWN_USD
    ? `<${DOLLARS.format(SMALLEST_SHOWN_USD)}`
    : DOLLARS.format(value)
}

/** `3 users`, `1 user`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`
}
