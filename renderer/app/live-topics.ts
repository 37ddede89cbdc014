import type { OperationName } from '../../shared/contract/index.ts'

/**
 * Which answers a change concerns. Subjects are the first part of an operation's name, on both sides. One that is
 * missing here is found by the slow refresh, later. When the databases have changed places, every subject is told of.
 */

type SubjectOf<Name> = Name extends `${infer Subject}.${string}` ? Subject : never
type Subject = SubjectOf<OperationName>

/** What adds to the ledger or takes from it. */
const TURNS = [
  'turns',
  'consumption',
  'sessions',
  'sessionFiles',
  'import',
  'imports',
  'reconciliation',
  'setup',
] as const
/** What decides who may do how much. */
const RULES = [
  'limits',
  'users',
  'profiles',
  'grants',
  'override',
  'enforcement',
  'settings',
] as const satisfies readonly Subject[]
/** What an operator or a job does; the executor's checks and turns are not among them. */
const ACTS = [
  ...['users', 'profiles', 'grants', 'override', 'enforcement', 'settings', 'tokens', 'prices', 'alerts'],
  ...['import', 'imports', 'reconciliation', 'backups', 'restore', 'jobs', 'setup'],
] as const satisfies readonly Subject[]

/** What each subject shows besides itself. */
const SHOWS: Partial<Record<Subject, readonly Subject[]>> = {
  audit: ACTS,
  backups: ['restore', 'jobs', 'reconciliation', 'prices', 'settings'],
  consumption: [...TURNS, ...RULES, 'prices', 'jobs'],
  costs: [...TURNS, 'prices', 'users', 'jobs'],
  enforcement: [...RULES, 'jobs'],
  grants: ['users'],
  imports: ['import'],
  intelligence: [...TURNS, 'prices', 'users', 'jobs'],
  limits: [...TURNS, ...RULES, 'jobs'],
  override: RULES,
  prices: [...TURNS, 'jobs'],
  profiles: ['users', 'import', 'setup'],
  reconciliation: ['jobs'],
  restore: ['backups'],
  sessionFiles: ['settings', 'import'],
  sessions: [...TURNS, 'prices', 'users'],
  // How many turns there are may be a few seconds old: the shell asks anyway, and a busy agent records without end.
  status: ACTS,
  tokens: ['users'],
  users: [...TURNS, 'profiles', 'tokens'],
}

/** Whether an answer may be another one after a change of these subjects. */
export function isConcerned(name: string, topics: readonly string[]): boolean {
  const subject = name.slice(0, name.indexOf('.'))
  const shown: readonly string[] = SHOWS[subject as Subject] ?? []
  return topics.some((topic) => topic === subject || shown.includes(topic))
}
