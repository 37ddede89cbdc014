import { z } from 'zod'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { ModelPricesTable } from '../database/schema.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { ModelPrice, PriceStep } from './token-price.ts'

/** The column `tiers`: the steps of a price, in order. Seconds are those of the UTC day. */
const storedSteps = z.array(
  z.strictObject({
    over_input_tokens: z.int().min(0).optional(),
    from_second: z.int().min(0).max(86_400).optional(),
    until_second: z.int().min(0).max(86_400).optional(),
    input_micro_usd_per_million: z.int().min(0),
    output_micro_usd_per_million: z.int().min(0),
    cached_input_micro_usd_per_million: z.int().min(0).nullable(),
  }),
)

type StoredStep = z.output<typeof storedSteps>[number]

// SQLite takes 32 766 values in one statement; 11 columns of 500 rows stay well below.
const ROWS_PER_INSERT = 500

/** Every price, in the order of the table. Errors: `internal` when the steps of a price cannot be read. */
export async function listPrices(db: Reader | Writer): Promise<ModelPrice[]> {
  return (await selectPrices(db).execute()).map(toPrice)
}

/** The prices from one source for the pattern of that very name, without regard to capitals, whoever offers it. */
export async function listPricesOf(
  db: Reader | Writer,
  { source, modelPattern }: Pick<ModelPrice, 'source' | 'modelPattern'>,
): Promise<ModelPrice[]> {
  const rows = await selectPrices(db)
    .where('source', '=', source)
    .where((eb) => eb(eb.fn('lower', ['model_pattern']), '=', eb.fn('lower', [eb.val(modelPattern)])))
    .execute()
  return rows.map(toPrice)
}

function selectPrices(db: Reader | Writer) {
  return db
    .selectFrom('model_prices')
    .select([
      'id',
      'provider',
      'model_pattern',
      'input_micro_usd_per_million',
      'output_micro_usd_per_million',
      'cached_input_micro_usd_per_million',
      'tiers',
      'valid_from',
      'source',
    ])
    .orderBy('id')
}

type SelectedPrice = Awaited<ReturnType<ReturnType<typeof selectPrices>['executeTakeFirstOrThrow']>>

function toPrice(row: SelectedPrice): ModelPrice {
  return {
    provider: row.provider,
    modelPattern: row.model_pattern,
    inputMicroUsdPerMillion: row.input_micro_usd_per_million,
    outputMicroUsdPerMillion: row.output_micro_usd_per_million,
    cachedInputMicroUsdPerMillion: row.cached_input_micro_usd_per_million,
    steps: row.tiers === null ? [] : parseSteps(row.id, row.tiers),
    validFrom: row.valid_from,
    source: row.source,
  }
}

/** Which catalogue the rows are from; undefined when there is none yet. */
export async function storedCatalogueVersion(db: Reader | Writer): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('model_prices')
    .select('catalogue_version')
    .where('source', '=', 'catalogue')
    .limit(1)
    .executeTakeFirst()
  return row?.catalogue_version
}

/** Puts the catalogue in the place of the former one. The operator's prices are not touched. */
export async function replaceCatalogue(
  trx: Writer,
  prices: readonly ModelPrice[],
  version: string,
  now: EpochMs,
): Promise<void> {
  await trx.deleteFrom('model_prices').where('source', '=', 'catalogue').execute()
  const rows = prices.map((price) => toRow(price, version, now))
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await trx
      .insertInto('model_prices')
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .execute()
  }
}

/** Writes prices of a file, over those with the same names and date; answers nothing, the caller knows what differs. */
export async function saveImported(
  trx: Writer,
  prices: readonly ModelPrice[],
  label: string,
  now: EpochMs,
): Promise<void> {
  for (const price of prices) {
    const row = toRow(price, label, now)
    const {
      provider: _provider,
      model_pattern: _pattern,
      valid_from: _from,
      source: _source,
      ...figures
    } = row
    await trx
      .insertInto('model_prices')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['source', 'provider', 'model_pattern', 'valid_from']).doUpdateSet(figures),
      )
      .execute()
  }
}

/**
 * Takes the prices of files out of the table that came after some others and until now, for the same models: a price that
 * is given for a time that has passed holds for all of it. What is to come stays. Answers how many.
 */
export async function deleteImportedAfter(
  trx: Writer,
  prices: readonly Pick<ModelPrice, 'provider' | 'modelPattern' | 'validFrom'>[],
  now: EpochMs,
): Promise<number> {
  let deleted = 0
  for (const { provider, modelPattern, validFrom } of prices) {
    const result = await trx
      .deleteFrom('model_prices')
      .where('source', '=', 'imported')
      .where('provider', '=', provider)
      // As models are found: without regard to capitals.
      .where((eb) => eb(eb.fn('lower', ['model_pattern']), '=', eb.fn('lower', [eb.val(modelPattern)])))
      .where('valid_from', '>', validFrom)
      .where('valid_from', '<=', now)
      .executeTakeFirst()
    deleted += Number(result.numDeletedRows)
  }
  return deleted
}

/** Takes every price of files out of the table; answers how many. */
export async function deleteImported(trx: Writer): Promise<number> {
  const result = await trx.deleteFrom('model_prices').where('source', '=', 'imported').executeTakeFirst()
  return Number(result.numDeletedRows)
}

function toRow(price: ModelPrice, version: string, now: EpochMs): Omit<ModelPricesTable, 'id'> {
  return {
    provider: price.provider,
    model_pattern: price.modelPattern,
    input_micro_usd_per_million: price.inputMicroUsdPerMillion,
    output_micro_usd_per_million: price.outputMicroUsdPerMillion,
    cached_input_micro_usd_per_million: price.cachedInputMicroUsdPerMillion,
    tiers: price.steps.length === 0 ? null : JSON.stringify(price.steps.map(toStoredStep)),
    valid_from: price.validFrom,
    source: price.source,
    catalogue_version: version,
    created_at: now,
  }
}

function toStoredStep(step: PriceStep): StoredStep {
  return {
    ...(step.overInputTokens === null ? {} : { over_input_tokens: step.overInputTokens }),
    ...(step.daySeconds === null
      ? {}
      : { from_second: step.daySeconds.from, until_second: step.daySeconds.until }),
    input_micro_usd_per_million: step.inputMicroUsdPerMillion,
    output_micro_usd_per_million: step.outputMicroUsdPerMillion,
    cached_input_micro_usd_per_million: step.cachedInputMicroUsdPerMillion,
  }
}

function parseSteps(id: number, text: string): PriceStep[] {
  const parsed = storedSteps.safeParse(JSON.parse(text))
  if (!parsed.success) {
    throw new WeirError(
      'internal',
      `The tiers of price number ${id} cannot be read. Enter that price again.`,
      {
        details: { price_id: id },
        cause: parsed.error,
      },
    )
  }
  return parsed.data.map(fromStoredStep)
}

function fromStoredStep(step: StoredStep): PriceStep {
  const { from_second: from, until_second: until } = step
  return {
    overInputTokens: step.over_input_tokens ?? null,
    daySeconds: from === undefined || until === undefined ? null : { from, until },
    inputMicroUsdPerMillion: step.input_micro_usd_per_million,
    outputMicroUsdPerMillion: step.output_micro_usd_per_million,
    cachedInputMicroUsdPerMillion: step.cached_input_micro_usd_per_million,
  }
}
