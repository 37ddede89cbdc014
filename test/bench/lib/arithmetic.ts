import type { Report } from './report.ts'
import { type Figure, shown } from './row.ts'

/** What the figures mean for a platform: how much one Weir carries, and what ends first. */

/** Of the maximum, kept free: waiting times grow steeply above it. */
const LOAD_SHARE = 0.5
/** The busiest hour has about five times the mean hour's traffic when people work in one time zone. */
const PEAK_FACTOR = 5
/** A user of an agent platform who works with it all day. */
const TURNS_A_USER_AND_DAY = 50
/** Turns are kept that long by the retention setting's default. */
const RETENTION_DAYS = 90
const DAY_SECONDS = 86_400

/** Paragraphs for the report; empty when the rows it needs were not measured. */
export function beyondOneMachine(report: Report): string[] {
  const questions = find(report, 'P4', 'questions')
  const bytes = find(report, 'P14', 'with ')
  if (questions === undefined || bytes === undefined) return []
  const perSecond = questions.product
  const sustained = perSecond * LOAD_SHARE
  const perDay = (sustained / PEAK_FACTOR) * DAY_SECONDS
  const users = perDay / TURNS_A_USER_AND_DAY
  const gigabytes = (perDay * RETENTION_DAYS * bytes.product) / 1e9
  const gigabytesAtTenMillion = (10_000_000 * bytes.product) / 1e9
  return [
    `A question costs one check and one recorded turn. Measured: ${shown(perSecond)} questions a second at the most (P4, both durable). ` +
      `At ${LOAD_SHARE * 100} % of that, so that waiting times stay short, ${shown(sustained)} a second in the busiest hour; with a busiest hour of ${PEAK_FACTOR} times the mean, ` +
      `${millions(perDay)} million turns a day: about ${shown(Math.round(users / 1000))} thousand users who ask ${TURNS_A_USER_AND_DAY} questions a day each. ` +
      'One executor process keeps far fewer than that busy: a question takes a model seconds, so these are thousands of agents working at once.',
    `What ends first is not the rate but the room: with ${shown(bytes.product)} bytes a turn that many turns are ${shown((perDay * bytes.product) / 1e9)} GB a day and ${shown(gigabytes)} GB within the ` +
      `${RETENTION_DAYS} days turns are kept. A database that one operator backs up, verifies and restores within a coffee break has some 10 GB, which is ${millions(10e9 / bytes.product)} million turns ` +
      `(10 million turns are ${shown(gigabytesAtTenMillion)} GB): with ${RETENTION_DAYS} days that is ${shown(10e9 / bytes.product / RETENTION_DAYS / 1000)} thousand turns a day, ` +
      `${shown(Math.round(10e9 / bytes.product / RETENTION_DAYS / TURNS_A_USER_AND_DAY / 100) * 100)} such users.`,
    'So one Weir is enough for a company or a platform of thousands of active users. PostgreSQL is the answer when one of these is true: the ledger shall keep more than about 100 million turns on line; ' +
      'executors run on several machines (Weir listens on this machine only); or the service must go on while its machine is away. It is not the answer to a slow check: a check through a database server costs a round trip more.',
  ]
}

function find(report: Report, id: string, beginning: string): Figure | undefined {
  return report.rows.find((row) => row.id === id)?.figures.find((one) => one.what.startsWith(beginning))
}

function millions(count: number): string {
  return shown(count / 1e6)
}
