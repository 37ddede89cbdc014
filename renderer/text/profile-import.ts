import { formatCount } from '../format.ts'
import { counted } from './figures.ts'
import { profilesText } from './profiles.ts'

/** Texts of taking profiles over from a file. */
export const profileImportText = {
  button: 'Import',
  title: 'Import profiles',
  hint: 'Choose a file that was exported here or in another Weir. Profiles are told by their name; nothing changes before you have seen what would. What the file does not name stays.',
  file: 'File of profiles',
  notProfiles: 'This file holds no list of profiles, as the export makes it.',
  nameless: (at: number) => `Entry ${at}`,
  noObject: 'It is not a profile.',
  badField: (field: string, why: string) => `${field}: ${why}.`,
  missing: (field: string) => `A new profile must say ${field}; null is no limit.`,
  twice: 'The file has this profile twice; the first counts.',
  kinds: { new: 'New', changed: 'Changes', same: 'The same', unusable: 'Not usable' },
  columns: { take: 'Take', name: 'Profile', what: 'What would happen' },
  table: 'The profiles of the file',
  takeRow: (name: string) => `Take ${name}`,
  isNew: 'It is added; no user has it yet.',
  isSame: 'It is as it is already.',
  fields: {
    ...profilesText.columns,
    description: 'Description',
    is_default: 'Default',
    is_active: 'Active',
  } as Readonly<Record<string, string>>,
  change: (field: string, before: string, after: string) => `${field}: ${before} → ${after}`,
  value: (value: unknown) => {
    if (value === null) return 'none'
    if (typeof value === 'boolean') return value ? 'yes' : 'no'
    return typeof value === 'number' ? formatCount(value) : String(value)
  },
  run: (count: number) => `Take over ${counted(count, 'profile')}`,
  done: (count: number) => `${counted(count, 'profile')} taken over, in force with the next check.`,
  stopped: (done: number, name: string, why: string) =>
    `${counted(done, 'profile')} taken over, then ${name} was refused: ${why}`,
} as const
