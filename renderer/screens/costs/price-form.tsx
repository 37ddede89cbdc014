import { Button, Group, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { costsText } from '../../text/costs.ts'
import { text as words } from '../../text.ts'

const text = costsText.prices

/** The figures of a price in dollars per million tokens; cached null costs what other input costs. */
export interface PriceFigures {
  readonly input_usd_per_million: number
  readonly output_usd_per_million: number
  readonly cached_input_usd_per_million: number | null
}

/** What `PriceForm` takes. */
export interface PriceFormProps {
  readonly initial: PriceFigures | null
  readonly isSaving: boolean
  readonly onSave: (figures: PriceFigures) => void
  readonly onCancel: () => void
  /** More fields, between the figures and the buttons. */
  readonly children?: ReactNode
}

/** A number of dollars as it is typed, with a comma or a point; undefined when it is none. */
export function parseDollars(typed: string): number | undefined {
  const plain = typed.trim().replace(',', '.')
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(plain)) return undefined
  const usd = Number(plain)
  return usd <= 1_000_000 ? usd : undefined
}

/** The three figures of a price: Enter saves, Escape leaves everything as it was. */
export function PriceForm({ initial, isSaving, onSave, onCancel, children }: PriceFormProps): ReactNode {
  const [typed, setTyped] = useState({
    input: initial === null ? '' : String(initial.input_usd_per_million),
    output: initial === null ? '' : String(initial.output_usd_per_million),
    cached: initial?.cached_input_usd_per_million == null ? '' : String(initial.cached_input_usd_per_million),
  })
  const [isTried, setTried] = useState(false)
  const values = {
    input: parseDollars(typed.input),
    output: parseDollars(typed.output),
    cached: typed.cached.trim() === '' ? null : parseDollars(typed.cached),
  }
  const submit = (): void => {
    setTried(true)
    const { input, output, cached } = values
    if (input === undefined || output === undefined || cached === undefined) return
    onSave({
      input_usd_per_million: input,
      output_usd_per_million: output,
      cached_input_usd_per_million: cached,
    })
  }
  const field = (name: keyof typeof typed, label: string): ReactNode => (
    <TextInput
      size="xs"
      w={150}
      label={label}
      inputMode="decimal"
      autoComplete="off"
      // One comes here to type a figure; the first field is where it goes.
      {...(name === 'input' ? { 'data-autofocus': true, autoFocus: initial !== null } : {})}
      placeholder={name === 'cached' ? text.asInput : '0.00'}
      value={typed[name]}
      error={isTried && values[name] === undefined ? text.notANumber : null}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onCancel()
      }}
    >
      <Group gap="sm" align="flex-start">
        {field('input', text.columns.input)}
        {field('output', text.columns.output)}
        {field('cached', text.columns.cached)}
        {children}
        <Group gap="xs" mt={23}>
          <Button size="xs" type="submit" loading={isSaving}>
            {text.save}
          </Button>
          <Button size="xs" variant="default" onClick={onCancel}>
            {words.app.cancel}
          </Button>
        </Group>
      </Group>
    </form>
  )
}
