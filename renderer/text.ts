import { accessText } from './text/access.ts'
import { alertsText } from './text/alerts.ts'
import { appText, enforcementText, periodText, refreshText, shellText } from './text/app.ts'
import { auditText } from './text/audit.ts'
import { backupsText } from './text/backups.ts'
import { componentsText } from './text/components.ts'
import { connectText } from './text/connect.ts'
import { consumptionText } from './text/consumption.ts'
import { costsText } from './text/costs.ts'
import { dashboardText } from './text/dashboard.ts'
import { enforcementScreenText } from './text/enforcement.ts'
import { firstRunText, importText } from './text/import.ts'
import { intelligenceText } from './text/intelligence.ts'
import { jobsText } from './text/jobs.ts'
import { loginText } from './text/login.ts'
import { profilesText } from './text/profiles.ts'
import { reconciliationText } from './text/reconciliation.ts'
import { restoreText } from './text/restore.ts'
import { rollbackText } from './text/rollback.ts'
import { sessionsText } from './text/sessions.ts'
import { userText } from './text/user.ts'
import { logsText, readinessText, settingsText } from './text/watching.ts'

/**
 * Every sentence the operator reads, in one place: to be checked by one reader and translated at one go.
 * A screen's words stand in `text/<screen>.ts` and are listed here.
 */
export const text = {
  app: appText,
  alerts: alertsText,
  shell: shellText,
  enforcement: enforcementText,
  period: periodText,
  refresh: refreshText,
  backups: backupsText,
  restore: restoreText,
  rollback: rollbackText,
  components: componentsText,
  dashboard: dashboardText,
  consumption: consumptionText,
  profiles: profilesText,
  access: accessText,
  connect: connectText,
  costs: costsText,
  firstRun: firstRunText,
  import: importText,
  intelligence: intelligenceText,
  jobs: jobsText,
  login: loginText,
  logs: logsText,
  readiness: readinessText,
  settings: settingsText,
  reconciliation: reconciliationText,
  sessions: sessionsText,
  enforcementScreen: enforcementScreenText,
  user: userText,
  audit: auditText,
} as const
