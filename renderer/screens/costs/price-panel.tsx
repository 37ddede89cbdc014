import { Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { ExportMenu } from '../../components/export-menu.tsx'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { costsText } from '../../text/costs.ts'
import { SearchBox } from '../consumption/search-box.tsx'
import { CatalogueUpdate } from './catalogue-update.tsx'
import { allPrices } from './cost-export.ts'
import type { CostsView } from './costs-search.ts'
import { ImportedPrices } from './imported-prices.tsx'
import { PriceForm } from './price-form.tsx'
import { PriceTable } from './price-table.tsx'
import { usePriceChanges } from './use-price-changes.ts'
import { useValidFrom, type ValidFrom, ValidFromSelect } from './valid-from.tsx'

const text = costsText.prices

/** Rows to begin with, and as many more each time: what is in use stands first. */
const ROWS_STEP = 25
/** As many as the server gives at once. */
const ROWS_MAX = 500

/** The price table: searching it, changing a price in its row, adding one. */
export function PricePanel({ view, onView }: CostsView): ReactNode {
  const [rows, setRows] = useState(ROWS_STEP)
  const [isAdding, setAdding] = useState(false)
  const client = useWeirClient()
  const filters = {
    ...(view.search === undefined ? {} : { search: view.search }),
    ...(view.show === 'used' ? { used: true } : {}),
    ...(view.show === 'own' ? { source: 'operator' as const } : {}),
    ...(view.show === 'imported' ? { source: 'imported' as const } : {}),
  }
  const prices = useSettledQuery(useWeirQuery('prices.list', { limit: rows, ...filters }))
  useShortcut('n', () => setAdding(true), text.add)
  return (
    <>
      <QueryPanel
        title={text.title}
        unit={text.unit}
        query={prices}
        skeleton={<Skeleton height={260} />}
        actions={
          <Group gap="xs">
            <SearchBox
              label={text.search}
              value={view.search ?? ''}
              onSearch={(search) => onView({ search: search === '' ? undefined : search })}
            />
            <SegmentedControl
              size="xs"
              aria-label={text.show}
              data={[
                { value: 'all', label: text.all },
                { value: 'used', label: text.used },
                { value: 'own', label: text.own },
                { value: 'imported', label: text.imported },
              ]}
              value={view.show ?? 'all'}
              onChange={(show) => onView({ show: show === 'all' ? undefined : show })}
            />
            <ExportMenu name="prices" rows={() => allPrices(client, filters)} />
            <ImportedPrices count={prices.data?.imported_prices ?? 0} />
            <Button
              size="xs"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => setAdding(true)}
            >
              {text.add}
            </Button>
          </Group>
        }
      >
        {(page) => (
          <>
            <CatalogueUpdate catalogue={page.catalogue} />
            <PriceTable
              page={page}
              onMore={
                page.total_count > rows && rows < ROWS_MAX
                  ? () => setRows(Math.min(ROWS_MAX, rows + ROWS_STEP * 3))
                  : null
              }
            />
          </>
        )}
      </QueryPanel>
      <Modal opened={isAdding} onClose={() => setAdding(false)} title={text.addTitle} size="lg" centered>
        <NewPrice onClose={() => setAdding(false)} />
      </Modal>
    </>
  )
}

function NewPrice({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [provider, setProvider] = useState('')
  const [model, setModel] = useState('')
  const [isTried, setTried] = useState(false)
  const [from, setFrom] = useState<ValidFrom>('now')
  const validFrom = useValidFrom()
  const { save, isSaving } = usePriceChanges()
  const missing = (value: string): boolean => isTried && value.trim() === ''
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {text.addHint} {text.hint}
      </Text>
      <Group grow>
        <TextInput
          label={text.provider}
          data-autofocus
          maxLength={200}
          value={provider}
          error={missing(provider)}
          onChange={(event) => setProvider(event.currentTarget.value)}
        />
        <TextInput
          label={text.model}
          maxLength={200}
          value={model}
          error={missing(model)}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
      </Group>
      <PriceForm
        initial={null}
        isSaving={isSaving}
        onCancel={onClose}
        onSave={(figures) => {
          setTried(true)
          if (provider.trim() === '' || model.trim() === '') return
          save(
            { provider: provider.trim(), model_pattern: model.trim(), ...figures, ...validFrom(from) },
            onClose,
          )
        }}
      >
        <ValidFromSelect value={from} onChange={setFrom} />
      </PriceForm>
    </Stack>
  )
}
