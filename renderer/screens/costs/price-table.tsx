import { Badge, Button, Group, Table, Text } from '@mantine/core'
import { IconCoinOff } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { Notice } from '../../components/notice.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatMoneyExact } from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import { dateTime } from '../../text/figures.ts'
import { PriceForm } from './price-form.tsx'
import { type Price, priceName, usePriceChanges } from './use-price-changes.ts'
import { useValidFrom, type ValidFrom, ValidFromSelect } from './valid-from.tsx'

const text = costsText.prices

/** What `PriceTable` takes. */
export interface PriceTableProps {
  readonly page: OperationOutput<'prices.list'>
  /** Shows more rows; null when all are there. */
  readonly onMore: (() => void) | null
}

/** The prices; `e` or Enter on a row changes it in its place. */
export function PriceTable({ page, onMore }: PriceTableProps): ReactNode {
  const [edited, setEdited] = useState<number | null>(null)
  if (page.prices.length === 0) {
    return (
      <Notice icon={<IconCoinOff size={36} />} title={text.none}>
        {text.noneWhy}
      </Notice>
    )
  }
  const { columns } = text
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {text.hint}
      </Text>
      <Table.ScrollContainer minWidth={760}>
        <Table verticalSpacing={6} highlightOnHover aria-label={text.caption}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{columns.model}</Table.Th>
              <Table.Th className="number">{columns.input}</Table.Th>
              <Table.Th className="number">{columns.output}</Table.Th>
              <Table.Th className="number">{columns.cached}</Table.Th>
              <Table.Th>{columns.source}</Table.Th>
              <Table.Th>{columns.from}</Table.Th>
              <Table.Th className="number">{columns.turns}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {page.prices.map((price) =>
              price.id === edited ? (
                <EditedRow key={price.id} price={price} onClose={() => setEdited(null)} />
              ) : (
                <PriceRow key={price.id} price={price} onEdit={() => setEdited(price.id)} />
              ),
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between" mt="xs">
        <Text size="sm" c="dimmed">
          {text.count(formatCount(page.total_count))}
        </Text>
        {onMore !== null && (
          <Button size="xs" variant="default" onClick={onMore}>
            {text.more}
          </Button>
        )}
      </Group>
    </>
  )
}

function PriceRow({ price, onEdit }: { readonly price: Price; readonly onEdit: () => void }): ReactNode {
  const { remove } = usePriceChanges()
  const name = priceName(price)
  const cached = price.cached_input_usd_per_million
  return (
    <Table.Tr
      data-price-id={price.id}
      onKeyDown={(event) => {
        if (event.key !== 'e' || event.ctrlKey || event.metaKey || event.altKey) return
        event.preventDefault()
        onEdit()
      }}
    >
      <Table.Td maw={280}>
        <PlainText text={`${price.model_pattern} · ${price.provider}`} />
      </Table.Td>
      <Table.Td className="number tabular">{formatMoneyExact(price.input_usd_per_million)}</Table.Td>
      <Table.Td className="number tabular">{formatMoneyExact(price.output_usd_per_million)}</Table.Td>
      <Table.Td className="number tabular">
        {cached === null ? text.asInput : formatMoneyExact(cached)}
      </Table.Td>
      <Table.Td className="nowrap">
        {price.source === 'operator' ? (
          <Badge variant="light" tt="none">
            {costsText.sources.operator}
          </Badge>
        ) : (
          costsText.sources[price.source]
        )}
        {price.has_steps && (
          <Text span size="xs" c="dimmed" title={text.stepsHint}>
            {` ${text.steps}`}
          </Text>
        )}
      </Table.Td>
      <Table.Td
        className="nowrap tabular"
        title={price.valid_from === null ? undefined : dateTime(price.valid_from)}
      >
        {price.valid_from === null ? text.always : dateTime(price.valid_from).slice(0, 10)}
      </Table.Td>
      <Table.Td className="number tabular">{formatCount(price.turns_this_month)}</Table.Td>
      <Table.Td className="number nowrap">
        <Button size="compact-sm" variant="subtle" aria-label={text.edit(name)} onClick={onEdit}>
          {text.editShort}
        </Button>
        {price.source === 'operator' && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={text.remove(name)}
            onClick={() => remove(price)}
          >
            {text.removeShort}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function EditedRow({ price, onClose }: { readonly price: Price; readonly onClose: () => void }): ReactNode {
  const { save, isSaving } = usePriceChanges()
  const [from, setFrom] = useState<ValidFrom>('now')
  const validFrom = useValidFrom()
  const { provider, model_pattern, valid_from } = price
  // A price of one's own is corrected where it stands; the catalogue's stays, and one's own goes before it from now on.
  const isOwn = price.source === 'operator' && valid_from !== null
  return (
    <Table.Tr data-price-id={price.id}>
      <Table.Td colSpan={8}>
        <Text fw={600} size="sm" mb={4}>
          <PlainText text={`${model_pattern} · ${provider}`} />
        </Text>
        <PriceForm
          initial={price}
          isSaving={isSaving}
          onCancel={onClose}
          onSave={(figures) =>
            save(
              { provider, model_pattern, ...figures, ...(isOwn ? { valid_from } : validFrom(from)) },
              onClose,
            )
          }
        >
          {!isOwn && <ValidFromSelect value={from} onChange={setFrom} />}
        </PriceForm>
      </Table.Td>
    </Table.Tr>
  )
}
