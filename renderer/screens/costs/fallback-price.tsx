import { Button, Group, Skeleton, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationInput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatMoneyExact } from '../../format.ts'
import { costsText } from '../../text/costs.ts'
import { PriceForm } from './price-form.tsx'

const text = costsText.fallback

/** What a model without a price is taken to cost, and the way to change it. */
export function FallbackPrice(): ReactNode {
  // One row is enough: the fallback stands beside the list.
  const prices = useSettledQuery(useWeirQuery('prices.list', { limit: 1 }))
  const set = useWeirMutation('prices.setFallback')
  const [isEditing, setEditing] = useState(false)
  const send = (input: OperationInput<'prices.setFallback'>): void =>
    set.mutate(input, {
      onError: showProblem,
      onSuccess: () => {
        setEditing(false)
        showDone(text.saved)
      },
    })
  return (
    <QueryPanel title={text.title} unit={text.unit} query={prices} skeleton={<Skeleton height={60} />}>
      {({ fallback }) => (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            {text.why} {fallback.is_default ? text.isDefault : ''}
          </Text>
          {isEditing ? (
            <PriceForm
              initial={fallback}
              isSaving={set.isPending}
              onCancel={() => setEditing(false)}
              onSave={send}
            />
          ) : (
            <Group gap="lg">
              <Text className="tabular">
                {text.input} {formatMoneyExact(fallback.input_usd_per_million)}
              </Text>
              <Text className="tabular">
                {text.output} {formatMoneyExact(fallback.output_usd_per_million)}
              </Text>
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={costsText.prices.edit(text.title)}
                onClick={() => setEditing(true)}
              >
                {costsText.prices.editShort}
              </Button>
              {!fallback.is_default && (
                <Button size="compact-sm" variant="subtle" onClick={() => send({ reset: true })}>
                  {text.reset}
                </Button>
              )}
            </Group>
          )}
        </>
      )}
    </QueryPanel>
  )
}
