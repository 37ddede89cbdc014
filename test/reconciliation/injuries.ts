import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import type { Cause } from '../../electron/core/reconciliation/drift.ts'
import type { Random } from '../support/random.ts'

/** Hurting session files and ledgers in every way the reconciliation knows, each time somewhere else. */

export interface SessionPlace {
  readonly userId: string
  readonly sessionId: string
}

/** What was done to a session, and what a reconciliation has to say of it. */
export interface Injury extends SessionPlace {
  readonly kind: string
  readonly turnNumber: number | null
  readonly field: string | null
  readonly causes: readonly Cause[]
  /** Whether a fix may repair it without asking. */
  readonly isRepairable: boolean
}

interface RawTurn {
  turn?: number
  turn_input_tokens?: number
  turn_output_tokens?: number
}

interface RawSession {
  input_tokens?: number
  last_turn_data: { workflow_history: RawTurn[] }
}

/** The session files of a folder with at least so many turns. */
export function sessionsIn(dir: string, turnsMin = 1): SessionPlace[] {
  return readdirSync(dir)
    .flatMap((userId) =>
      readdirSync(join(dir, userId)).map((name) => ({ userId, sessionId: name.slice(0, -'.json'.length) })),
    )
    .filter((place) => {
      const turns = readRaw(dir, place).last_turn_data?.workflow_history
      // Whole numbers from 1 in their order: then a turn's number is its place, and the injury can name it.
      return (
        Array.isArray(turns) &&
        turns.length >= turnsMin &&
        turns.every((turn, at) => turn !== null && turn.turn === at + 1)
      )
    })
}

/**
 * Adds copies of these sessions under ids of their own, for the same users, until there are `wanted`; answers all of them.
 * A corpus has as many sessions as it has, and each is hurt once.
 */
export function multiplied(dir: string, places: readonly SessionPlace[], wanted: number): SessionPlace[] {
  const all = [...places]
  for (let copy = 2; all.length < wanted && places.length > 0; copy += 1) {
    for (const place of places.slice(0, wanted - all.length)) {
      // In front: the last letter is what another injury changes.
      const own = { userId: place.userId, sessionId: `copy${copy}-${place.sessionId}` }
      writeFileSync(pathOf(dir, own), JSON.stringify({ ...readRaw(dir, place), id: own.sessionId }))
      all.push(own)
    }
  }
  return all
}

const pathOf = (dir: string, { userId, sessionId }: SessionPlace) => join(dir, userId, `${sessionId}.json`)

function readRaw(dir: string, place: SessionPlace): RawSession {
  return JSON.parse(readFileSync(pathOf(dir, place), 'utf8')) as RawSession
}

/** Another time of change than before, whatever the clock of the file system: seconds, not fractions, tell. */
function touch(path: string, shiftSeconds: number): void {
  const seconds = statSync(path).mtimeMs / 1000 + shiftSeconds
  utimesSync(path, seconds, seconds)
}

function writeRaw(dir: string, place: SessionPlace, session: RawSession): void {
  const path = pathOf(dir, place)
  writeFileSync(path, JSON.stringify(session))
  touch(path, 60)
}

const TURN_IN_LEDGER = `turn_number = ? AND session_key = (SELECT s.key FROM sessions s JOIN users u ON u.key = s.user_key
  WHERE u.id = ? AND s.id = ?)`

/** Does one thing to one session. Each kind takes sessions with at least two turns. */
export const INJURIES: readonly ((
  dir: string,
  db: BetterSqlite3.Database,
  place: SessionPlace,
  random: Random,
) => Injury)[] = [
  (dir, db, place, random) => {
    const turnNumber = random.int(1, readRaw(dir, place).last_turn_data.workflow_history.length)
    db.prepare(`DELETE FROM consumption_turns WHERE ${TURN_IN_LEDGER}`).run(
      turnNumber,
      place.userId,
      place.sessionId,
    )
    return {
      ...place,
      kind: 'turn deleted in the database',
      turnNumber,
      field: 'total_tokens',
      causes: ['missing_in_database'],
      isRepairable: true,
    }
  },
  (dir, db, place, random) => {
    const turnNumber = random.int(1, readRaw(dir, place).last_turn_data.workflow_history.length)
    const field = random.pick(['input_tokens', 'output_tokens'])
    const isHigher = random.chance(0.5)
    const held = Number(
      db
        .prepare(`SELECT ${field} FROM consumption_turns WHERE ${TURN_IN_LEDGER}`)
        .pluck()
        .get(turnNumber, place.userId, place.sessionId),
    )
    const isLower = !isHigher && held > 0
    db.prepare(`UPDATE consumption_turns SET ${field} = ? WHERE ${TURN_IN_LEDGER}`).run(
      isLower ? held - 1 : held + 7,
      turnNumber,
      place.userId,
      place.sessionId,
    )
    return {
      ...place,
      kind: `turn changed in the database (${isLower ? 'lower' : 'higher'})`,
      turnNumber,
      field,
      causes: ['values_differ'],
      isRepairable: isLower,
    }
  },
  (dir, _db, place, random) => {
    const session = readRaw(dir, place)
    const turns = session.last_turn_data.workflow_history
    const [gone] = turns.splice(random.int(0, turns.length - 1), 1)
    writeRaw(dir, place, session)
    return {
      ...place,
      kind: 'turn deleted in the file',
      turnNumber: gone?.turn ?? null,
      field: 'total_tokens',
      causes: ['missing_in_file', 'file_shrank'],
      isRepairable: false,
    }
  },
  (dir, _db, place, random) => {
    const session = readRaw(dir, place)
    const turn = random.pick(session.last_turn_data.workflow_history)
    turn.turn_output_tokens = (turn.turn_output_tokens ?? 0) + 5
    // The session counts it, too: nothing moves from outside the turns into them.
    Object.assign(session, { output_tokens: Number(Reflect.get(session, 'output_tokens') ?? 0) + 5 })
    writeRaw(dir, place, session)
    return {
      ...place,
      kind: 'turn changed in the file',
      turnNumber: turn.turn ?? null,
      field: 'output_tokens',
      causes: ['values_differ'],
      isRepairable: true,
    }
  },
  (dir, _db, place, random) => {
    const path = pathOf(dir, place)
    truncateSync(path, random.int(1, statSync(path).size - 2))
    touch(path, 60)
    return { ...ofFile(place, 'file truncated'), causes: ['file_unreadable'] }
  },
  (dir, _db, place) => {
    const path = pathOf(dir, place)
    truncateSync(path, 0)
    touch(path, 60)
    return { ...ofFile(place, 'file emptied'), causes: ['file_unreadable'] }
  },
  (dir, _db, place) => {
    rmSync(pathOf(dir, place))
    return { ...ofFile(place, 'file removed'), causes: ['missing_in_file'] }
  },
  (dir, _db, place) => {
    const session = readRaw(dir, place)
    const gone = session.last_turn_data.workflow_history.pop()
    writeFileSync(pathOf(dir, place), JSON.stringify(session))
    touch(pathOf(dir, place), -86_400)
    return {
      ...place,
      kind: 'file replaced by an older one',
      turnNumber: gone?.turn ?? null,
      field: 'total_tokens',
      causes: ['file_shrank'],
      isRepairable: false,
    }
  },
  (dir, _db, place, random) => {
    const copy = random.chance(0.5)
      ? { userId: place.userId, sessionId: `${place.sessionId}-copy` }
      : { userId: random.pick(readdirSync(dir)), sessionId: `${place.sessionId.slice(0, -1)}x` }
    const path = pathOf(dir, copy)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, readFileSync(pathOf(dir, place)))
    return { ...ofFile(copy, 'two files claim one session'), causes: ['duplicate_session'] }
  },
  (dir, _db, place) => {
    const path = pathOf(dir, place)
    const bytes = readFileSync(path)
    // The high bit of the first letter: no text in UTF-8 any more.
    bytes[1] = (bytes[1] ?? 0) | 0x80
    writeFileSync(path, bytes)
    touch(path, 60)
    return { ...ofFile(place, 'flipped bit'), causes: ['file_unreadable'] }
  },
]

function ofFile(place: SessionPlace, kind: string) {
  return { ...place, kind, turnNumber: null, field: 'file', isRepairable: false }
}
