import type { OperationInput } from '../../../shared/contract/index.ts'
import { type Address, ask, recordTurn } from './api.ts'

/** Users without any turns, so that the table has more than one page. */
const QUIET_USERS = 48

/** Requests that are sent at once: enough to be quick, few enough for a machine with two cores. */
const AT_ONCE = 8

/** Text that is code for whoever forgets that it is text; `window.hacked` is what it would set. */
export const HOSTILE = {
  markup: '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
  attribute: '" onmouseover="window.hacked=1" autofocus onfocus="window.hacked=1',
  rightToLeft: '\u202egnirts desrever\u202c עברית العربية',
  emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 Zoë Ωmega 你好',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what somebody else would have to fill in
  template: '{{constructor.constructor("window.hacked=1")()}} ${window.hacked=1}',
  long: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6).slice(0, 200),
} as const

/** A question of ten thousand characters that begins with markup. */
export const LONG_QUESTION = `<svg onload="window.hacked=1"></svg><a href="javascript:window.hacked=1">${'so long a question '.repeat(530)}`

/** The user whose turn has hostile text in every member that takes text. */
export const HOSTILE_USER = 'hostile-markup'

/** A user of the Free profile whose input tokens stand at this many percent of the limit. */
export const AT_PERCENT = [30, 55, 78, 85, 96, 100] as const

/** Input tokens a user of the Free profile has in a month. */
const FREE_INPUT_TOKENS = 100_000

/** Fills a Weir: the sample, users at every height of their limits, hostile names, and quiet ones in plenty. */
export async function fillCrowd(address: Address): Promise<void> {
  await ask(address, 'setup.loadSample', {})
  const { profiles } = await ask(address, 'profiles.list', {})
  const profileId = (name: string): number | null => profiles.find((each) => each.name === name)?.id ?? null
  const free = profileId('Free')
  await inParallel(
    [
      ...Object.entries(HOSTILE).map(([id, username]) => ({ id: `hostile-${id}`, username })),
      ...AT_PERCENT.map((percent) => ({
        id: `at-${percent}`,
        username: `Limit ${percent}`,
        email: `limit-${percent}@example.org`,
        consumption_profile_id: free,
      })),
      ...Array.from({ length: QUIET_USERS }, (_, index) => quietUser(index, profileId('Pro'))),
    ],
    (user) => ask(address, 'users.create', user),
  )
  await inParallel(AT_PERCENT, (percent) => spend(address, percent))
  await recordTurn(address, {
    user_id: HOSTILE_USER,
    session_id: 'hostile-session',
    turn_number: 1,
    provider: HOSTILE.attribute,
    model: HOSTILE.markup,
    // The dearest of all, so that it stands at the top of every list.
    cost_usd: 123.45,
    user_query: LONG_QUESTION,
    session_name: `${HOSTILE.markup} ${HOSTILE.rightToLeft} ${HOSTILE.emoji}`,
  })
}

function quietUser(index: number, profile: number | null): OperationInput<'users.create'> {
  const number = String(index + 1).padStart(2, '0')
  return {
    id: `quiet-${number}`,
    username: `Quiet ${number}`,
    ...(index % 3 === 0 ? { email: `quiet-${number}@example.org` } : {}),
    consumption_profile_id: index % 2 === 0 ? profile : null,
  }
}

/** Brings a user to a share of the monthly input tokens; the requests differ from user to user as well. */
async function spend(address: Address, percent: number): Promise<void> {
  const user = `at-${percent}`
  const requests = Math.ceil(percent / 20)
  for (let turn = 1; turn <= requests; turn += 1) {
    await ask(address, 'limits.check', { user_id: user })
  }
  await recordTurn(address, {
    user_id: user,
    session_id: `${user}-session`,
    turn_number: 1,
    input_tokens: (FREE_INPUT_TOKENS * percent) / 100,
    output_tokens: percent * 7,
    status: percent === 55 ? 'failed' : 'success',
    rag_used: percent > 80,
    user_query: `What brought this user to ${percent} %?`,
  })
  // One more request of the user who is at the limit: it is refused, and that is counted.
  if (percent === 100) await ask(address, 'limits.check', { user_id: user }).catch(isRefused)
}

function isRefused(error: unknown): void {
  if (!String(error).includes('input_token_quota_exceeded')) throw error
}

async function inParallel<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE)
    await Promise.all(items.slice(at, at + AT_ONCE).map(action))
}
