import { expect, test } from 'vitest'
import { inOrder, readProfileFile } from '../../../renderer/screens/profiles/profile-file.ts'
import type { Profile } from '../../../renderer/screens/profiles/profile-values.ts'

const LIMITS = {
  prompts_per_hour: 50,
  prompts_per_day: 500,
  config_changes_per_hour: 5,
  input_tokens_per_month: 100_000,
  output_tokens_per_month: 50_000,
  cost_per_month_usd: null,
}
const FREE: Profile = {
  id: 1,
  name: 'Free',
  description: 'Small',
  ...LIMITS,
  is_default: false,
  is_active: true,
  user_count: 3,
  created_at: '',
  updated_at: '',
}

const read = (profiles: unknown) => readProfileFile(JSON.stringify({ profiles }), [FREE])

test('a profile of the file is told by its name; what it leaves out stays as it is', () => {
  expect(read([{ ...FREE, id: 9, user_count: 0 }])).toEqual([{ kind: 'same', name: 'Free' }])
  const [row] = read([{ name: 'free', prompts_per_day: 0 }]) ?? []
  expect(row).toMatchObject({
    kind: 'changed',
    input: { prompts_per_day: 0, prompts_per_hour: 50, description: 'Small', is_active: true },
  })
})

test('a new profile must name every limit, for one left out would be none at all', () => {
  expect(read([{ name: 'Team', ...LIMITS }])).toMatchObject([{ kind: 'new', input: { is_active: true } }])
  const { prompts_per_hour: _left, ...rest } = LIMITS
  expect(read([{ name: 'Team', ...rest }])).toMatchObject([
    { kind: 'unusable', reason: expect.stringContaining('prompts_per_hour') },
  ])
})

test('what is no profile, or stands there twice, is said with its reason', () => {
  const rows = read([
    7,
    { prompts_per_hour: 1 },
    { name: 'Free', prompts_per_hour: -1 },
    FREE,
    { name: 'FREE' },
  ])
  expect(rows?.map((row) => row.kind)).toEqual(['unusable', 'unusable', 'unusable', 'unusable', 'unusable'])
  expect(read([FREE, { name: 'FREE' }])?.map((row) => row.kind)).toEqual(['same', 'unusable'])
  for (const file of ['', '{', '3', '{"profiles": 1}']) expect(readProfileFile(file, []), file).toBeNull()
})

test('the new default comes first, so that there is always one', () => {
  const rows = read([
    { name: 'A', ...LIMITS },
    { name: 'B', ...LIMITS, is_default: true },
  ])
  const doable = (rows ?? []).flatMap((row) => (row.kind === 'new' ? [row] : []))
  expect(inOrder(doable).map((row) => row.name)).toEqual(['B', 'A'])
})
