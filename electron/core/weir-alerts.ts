import { AlertManager } from './alerts/alert-manager.ts'
import { findUserKey } from './consumption/consumption-store.ts'
import { type ConsumptionContext, momentOf } from './consumption/context.ts'
import { readForecast } from './consumption/forecast-reader.ts'
import type { SettingsManager } from './settings/settings-manager.ts'

/** What the operator is told, with what is foreseen of each user. */
export function openAlerts(context: ConsumptionContext, settings: SettingsManager): AlertManager {
  const { database, clock } = context
  return new AlertManager({
    database,
    clock,
    settings,
    outlooksOf: async (db, userId) => {
      const isKnown = (await findUserKey(db, userId)) !== undefined
      return isKnown ? (await readForecast(db, userId, momentOf(context))).limits : []
    },
  })
}
