import { ConsumptionManager } from '../../electron/core/consumption/consumption-manager.ts'
import type { ConsumptionContext } from '../../electron/core/consumption/context.ts'
import { PriceManager } from '../../electron/core/prices/price-manager.ts'
import { planReprice } from '../../electron/core/prices/reprice-plan.ts'
import { RepricingManager } from '../../electron/core/prices/repricing-manager.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { ATLAS, OPERATOR, openConsumption, turnInput } from '../support/consumption.ts'

/** The date of a price that also holds for everything older. */
export const FROM_THE_BEGINNING = '1970-01-01T00:00:00Z'

/** Pricing again over a database of its own, with what tests of it ask for. */
export type TestRepricing = Awaited<ReturnType<typeof openRepricing>>

/** Opens one. */
export async function openRepricing() {
  const weir = await openConsumption()
  const prices = await PriceManager.open(weir.database, weir.clock, weir.settings)
  const context: ConsumptionContext = { ...weir.context, prices: () => prices.book() }
  const consumption = new ConsumptionManager(context)
  /** How many backups were made, and what happens while one is made. */
  const backups = { made: 0, meanwhile: async (): Promise<unknown> => undefined }
  const repricing = new RepricingManager({
    context,
    planOf: (scope) =>
      planReprice({
        databaseFile: weir.file,
        sqliteBinding: process.env['WEIR_SQLITE_BINDING'] ?? null,
        scope,
        now: weir.clock.now(),
        settings: weir.settings.current(),
      }),
    safetyCopy: async () => {
      backups.made += 1
      await backups.meanwhile()
      return { id: 'copy' }
    },
  })
  const setPrice = (input: number, members: object = {}) =>
    prices.set(
      {
        provider: ATLAS.provider,
        model_pattern: ATLAS.model,
        input_usd_per_million: input,
        output_usd_per_million: 2 * input,
        valid_from: FROM_THE_BEGINNING,
        ...members,
      },
      OPERATOR,
    )
  const record = (members: Parameters<typeof turnInput>[0]) =>
    consumption.recordTurn(turnInput({ output_tokens: 0, ...members }))
  const reprice = async (scope: 'all' | 'fallback' = 'all') => {
    const plan = OPERATIONS['prices.repricePlan'].output.parse(await repricing.plan({ scope }))
    const { run_id } = repricing.start({ scope, change_usd: plan.open.change_usd }, OPERATOR)
    const run = OPERATIONS['prices.reprice'].output.parse(await repricing.finished(run_id))
    return { plan, run }
  }
  const turns = () =>
    weir.database.reader
      .selectFrom('consumption_turns')
      .select(['turn_number', 'cost_micro_usd', 'price_source', 'rag_cost_saved_micro_usd'])
      .orderBy('turn_number')
      .execute()
  const costs = async () => (await turns()).map((turn) => turn.cost_micro_usd)
  const auditLog = () => weir.database.reader.selectFrom('audit_log').selectAll().orderBy('id').execute()
  const close = async () => {
    await repricing.close()
    await weir.close()
  }
  return {
    weir,
    prices,
    consumption,
    backups,
    repricing,
    setPrice,
    record,
    reprice,
    turns,
    costs,
    auditLog,
    close,
  }
}
