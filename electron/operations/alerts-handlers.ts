import type { Handlers } from './dispatch-types.ts'

/** Alerts, and when limits will be reached. */
export const alertHandlers = {
  'alerts.list': async (weir, input) => ({ kind: 'done', value: await weir.alerts.list(input) }),
  'alerts.acknowledge': async (weir, input) => ({
    kind: 'done',
    value: await weir.alerts.acknowledge(input),
  }),
  'alerts.mute': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.alerts.mute(input, caller),
  }),
  'alerts.settings': async (weir) => ({ kind: 'done', value: await weir.alerts.settings() }),
  'alerts.setSettings': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.alerts.setSettings(input, caller),
  }),
  'limits.forecast': async (weir, input) => ({
    kind: 'done',
    value: await weir.consumption.forecast(input.user_id),
  }),
} satisfies Partial<Handlers>
