/** Texts of what the operator is told, on the settings screen. */
export const alertSettingsText = {
  title: 'Alerts',
  thresholds: 'Alert at these shares of a limit, percent',
  thresholdsHint:
    'Once per user, limit and period at each, in whole percent. Leave a field empty for fewer. At 100 the user is refused.',
  threshold: (place: number) => `Threshold ${place}, percent`,
  noThreshold: 'Set at least one threshold.',
  quiet: 'Quiet hours of the desktop',
  quietHint: (zone: string) =>
    `No notification comes up between these times (${zone}); what happens then is told afterwards. The bell counts all the time.`,
  from: 'From',
  until: 'Until',
  sameTimes: 'From and until are the same: choose two different times.',
  kinds: 'What you hear of',
  kindsHint: 'A muted kind stays in the list under the bell, but is neither counted nor notified.',
  kind: (kind: string) => `Tell me of ${kind}`,
  saved: 'The alert settings are saved.',
} as const
