import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { type Access, OPERATOR, openAccess } from './access-fixture.ts'

let access: Access

beforeEach(async () => {
  access = await openAccess()
})

afterEach(() => access.close())

async function addUsers(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await access.users.create({ id, username: id.toUpperCase() }, OPERATOR)
}

const userOf = async (id: string) => {
  const { users } = await access.users.list({ search: id })
  return users.find((user) => user.id === id)
}
const idsOf = async (query: Parameters<Access['users']['list']>[0]) =>
  (await access.users.list(query)).users.map(({ id }) => id)
const actions = async () => (await access.audited()).map(({ action, object_id }) => `${action} ${object_id}`)

describe('the list of users', () => {
  test('is sorted by every column both ways with what is missing last, and filtered by state and profile', async () => {
    await addUsers('bert', 'anna', 'carl')
    await access.users.update({ id: 'bert', email: 'b@example.org', is_active: false }, OPERATOR)
    await access.users.update({ id: 'carl', email: 'c@example.org', consumption_profile_id: 2 }, OPERATOR)
    expect(await idsOf({})).toEqual(['anna', 'bert', 'carl'])
    expect(await idsOf({ sort: 'id', order: 'desc' })).toEqual(['carl', 'bert', 'anna'])
    expect(await idsOf({ sort: 'email' })).toEqual(['bert', 'carl', 'anna'])
    expect(await idsOf({ sort: 'email', order: 'desc' })).toEqual(['carl', 'bert', 'anna'])
    expect(await idsOf({ sort: 'profile_name' })).toEqual(['carl', 'anna', 'bert'])
    expect(await idsOf({ status: 'inactive' })).toEqual(['bert'])
    expect(await idsOf({ status: 'active', profile: 'none' })).toEqual(['anna'])
    expect(await idsOf({ profile: '2' })).toEqual(['carl'])
    expect(await idsOf({ profile: 'nonsense' })).toEqual([])
    const page = await access.users.list({ limit: 1, offset: 1, status: 'active' })
    expect(OPERATIONS['users.list'].output.parse(page)).toMatchObject({
      total_count: 2,
      users: [{ id: 'carl' }],
    })
  })
})

describe('a bulk change', () => {
  const bulk = (input: Parameters<Access['directory']['bulk']>[0]) => access.directory.bulk(input, OPERATOR)

  test('changes who is not so yet, audits each, and its undo brings everybody back', async () => {
    await addUsers('anna', 'bert', 'carl')
    await access.users.setProfile('bert', 2, OPERATOR)
    await access.users.setProfile('carl', 3, OPERATOR)
    const before = await access.users.list({})
    const done = await bulk({
      user_ids: ['anna', 'bert', 'carl', 'nobody', 'anna'],
      consumption_profile_id: 2,
    })
    expect(OPERATIONS['users.bulk'].output.parse(done)).toEqual({
      matched: 3,
      changed: 2,
      unchanged: 1,
      unknown_ids: ['nobody'],
      undo: [
        { user_ids: ['anna'], consumption_profile_id: null },
        { user_ids: ['carl'], consumption_profile_id: 3 },
      ],
    })
    expect(await idsOf({ profile: '2' })).toEqual(['anna', 'bert', 'carl'])
    expect((await actions()).slice(-2)).toEqual(['users.bulk anna', 'users.bulk carl'])
    for (const group of done.undo) await bulk(group)
    const after = await access.users.list({})
    const profiles = (page: typeof before) => page.users.map((user) => user.consumption_profile_id)
    expect(profiles(after)).toEqual(profiles(before))
    expect(await bulk({ user_ids: ['anna'], consumption_profile_id: null })).toMatchObject({ changed: 0 })
  })

  test('of a filter reaches everybody it finds, over several slices, and a dry run changes nobody', async () => {
    await addUsers(...Array.from({ length: 230 }, (_, at) => `team-${at}`), 'other')
    const change = { filter: { search: 'team-' }, is_active: false }
    expect(await bulk({ ...change, dry_run: true })).toMatchObject({ matched: 230, changed: 230 })
    expect(await idsOf({ status: 'inactive' })).toEqual([])
    expect(await bulk(change)).toMatchObject({ matched: 230, changed: 230, unchanged: 0 })
    expect(await idsOf({ status: 'active' })).toEqual(['other'])
    expect((await actions()).filter((action) => action.startsWith('users.bulk'))).toHaveLength(230)
  })

  test('that says nobody, nothing, both ways at once or an unknown profile is refused', async () => {
    await addUsers('anna')
    const code = (input: Parameters<typeof bulk>[0]) => bulk(input).catch((error) => error.code)
    expect(await code({ is_active: true })).toBe('invalid_request')
    expect(await code({ user_ids: ['anna'], filter: {}, is_active: true })).toBe('invalid_request')
    expect(await code({ user_ids: ['anna'] })).toBe('invalid_request')
    expect(await code({ user_ids: ['anna'], consumption_profile_id: 99 })).toBe('profile_unknown')
  })
})

describe('deleting a user with the turns kept', () => {
  test('hides and stops the user, ends the tokens, is audited, and letting the user in undoes it', async () => {
    await addUsers('anna', 'bert')
    await access.users.setProfile('anna', 2, OPERATOR)
    const { token } = await access.tokens.create({ name: 'a', scope: 'user', user_id: 'anna' }, OPERATOR)
    expect(await access.tokens.authenticate(token)).toMatchObject({ userId: 'anna' })
    const preview = await access.directory.delete({ id: 'anna', turns: 'kept', dry_run: true }, OPERATOR)
    expect(preview.books).toMatchObject({ turns: 0, tokens: 1 })
    const done = await access.directory.delete({ id: 'anna', turns: 'kept', confirm: 'anna' }, OPERATOR)
    expect(OPERATIONS['users.delete'].output.parse(done)).toMatchObject({
      user: { is_active: false },
      turns: 'kept',
    })
    expect(await access.tokens.authenticate(token)).toBeUndefined()
    expect([await idsOf({}), await idsOf({ status: 'deleted' })]).toEqual([['bert'], ['anna']])
    const [profile] = (await access.profiles.list()).profiles.filter(({ id }) => id === 2)
    expect(profile?.user_count, 'a deleted user is no user of the profile').toBe(0)
    await access.profiles.delete({ id: 2 }, OPERATOR)
    expect((await access.audited()).find(({ action }) => action === 'users.delete')?.object_id).toBe('anna')
    const again = access.users.create({ id: 'anna', username: 'x' }, OPERATOR)
    await expect(again).rejects.toMatchObject({ code: 'user_exists' })
    await access.users.update({ id: 'anna', is_active: true }, OPERATOR)
    expect(await idsOf({})).toEqual(['anna', 'bert'])
  })

  test('needs the id once more, and a user that is there', async () => {
    await addUsers('anna')
    for (const confirm of [{}, { confirm: 'ann' }]) {
      const refused = access.directory.delete({ id: 'anna', turns: 'kept', ...confirm }, OPERATOR)
      await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
    }
    const unknown = access.directory.delete({ id: 'x', turns: 'kept', confirm: 'x' }, OPERATOR)
    await expect(unknown).rejects.toMatchObject({ code: 'user_unknown' })
    expect(await idsOf({})).toEqual(['anna'])
  })
})

describe('importing users from CSV', () => {
  const run = (csv: string, members: object = {}) => access.directory.import({ csv, ...members }, OPERATOR)

  test('tells new, changed, same and bad rows with line and reason, writes nothing dry, and then does the same', async () => {
    await addUsers('anna', 'bert')
    const csv = [
      '\uFEFFID;Name;E-Mail;Profile;Active;Team',
      'anna;ANNA;a@example.org;Pro;no;red',
      'bert;;;;;blue',
      'new-1;New One;;default;;',
      'new-2;;;;;',
      'bad id;x;;;;',
      'new-3;Three;not-an-address;;;',
      'new-4;Four;;Gold;;',
      'new-5;Five;;;maybe;',
      'anna;Again;;;;',
      ';Nobody;;;;',
    ].join('\r\n')
    const dry = await run(csv, { dry_run: true })
    expect(OPERATIONS['users.import'].output.parse(dry)).toMatchObject({
      new: 1,
      changed: 1,
      same: 1,
      bad: 7,
    })
    expect(dry.ignored_columns).toEqual(['team'])
    expect(dry.rows.filter((row) => row.result !== 'bad')).toEqual([
      {
        line: 2,
        id: 'anna',
        username: 'ANNA',
        result: 'changed',
        reason: null,
        changes: [
          { column: 'email', before: null, after: 'a@example.org' },
          { column: 'profile', before: 'default', after: 'Pro' },
          { column: 'active', before: 'yes', after: 'no' },
        ],
      },
      { line: 4, id: 'new-1', username: 'New One', result: 'new', reason: null, changes: [] },
    ])
    expect(dry.rows.filter((row) => row.result === 'bad').map((row) => `${row.line} ${row.reason}`)).toEqual([
      '5 A new user needs a username.',
      '6 The id must be 1 to 128 letters, digits or . _ @ : + - and start with a letter or digit.',
      '7 "not-an-address" is no e-mail address.',
      '8 There is no profile "Gold".',
      '9 "active" must be yes or no.',
      '10 The id stands in line 2 already.',
      '11 The id is missing.',
    ])
    expect(await idsOf({})).toEqual(['anna', 'bert'])
    expect(await run(csv)).toEqual(dry)
    expect(await userOf('anna')).toMatchObject({
      email: 'a@example.org',
      profile_name: 'Pro',
      is_active: false,
    })
    expect(await userOf('new-1')).toMatchObject({
      username: 'New One',
      profile_name: null,
      source: 'operator',
    })
    expect((await actions()).slice(-2)).toEqual(['users.import anna', 'users.import new-1'])
    expect(await run(csv), 'a second time there is nothing left to do').toMatchObject({
      new: 0,
      changed: 0,
      same: 3,
    })
  })

  test('counts lines from where a piece of a larger file begins', async () => {
    const report = await run('id,username\nbad id,x\n', { first_line: 502 })
    expect(report.rows[0]).toMatchObject({ line: 502, result: 'bad' })
  })

  test.each([
    ['is empty', '\n\n'],
    ['has no ids', 'username\nanna\n'],
    ['names a column twice', 'id,username,name\na,b,c\n'],
    ['has an open quote', 'id,username\n"anna,x\n'],
  ])('refuses a file that %s', async (_title, csv) => {
    await expect(run(csv)).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('takes back what an export wrote, formulas, quotes and line breaks included, and changes nobody', async () => {
    const names = ['=1+1', '+49', '-x', '@x', "'quoted'", 'a "b", c', 'two\nlines', 'Ünïcødé']
    for (const [at, username] of names.entries())
      await access.users.create({ id: `u-${at}`, username, display_name: username }, OPERATOR)
    const { csv, users } = OPERATIONS['users.export'].output.parse(await access.directory.export({}))
    expect(users).toBe(names.length)
    expect(csv.startsWith('\uFEFF')).toBe(true)
    expect(csv).toContain("'=1+1")
    expect(csv).not.toMatch(/(^|,)[=+@-]/m)
    const report = await run(csv, { dry_run: true })
    expect(report).toMatchObject({ new: 0, changed: 0, bad: 0, same: names.length })
    expect((await access.directory.export({ search: 'u-1' })).users).toBe(1)
  })
})
