import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import type { OperationAnswer, Problem } from '../../shared/contract/problem.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import { type RunFile, readRunFile } from '../core/kernel/run-file.ts'
import { findRunningInstance } from '../core/kernel/running-instance.ts'
import { WeirError } from '../core/kernel/weir-error.ts'

/**
 * The one way from a command to Weir: to the instance that has the data folder when there is one, else to the folder
 * itself, opened under its lock. A command does not see which.
 */
export interface WeirConnection {
  /** The instance that answers, or null when this process opened the folder itself. */
  readonly instance: RunFile | null
  /** Asks an operation. A refusal is an answer with `ok: false`; rejected only when nobody can answer. */
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationAnswer<OperationOutput<Name>>>
  close(): Promise<void>
}

/** What a connection is made of. */
export interface ConnectionMaker {
  /** Speaks to the running instance. */
  toInstance(run: RunFile): WeirConnection
  /** Opens the folder. Errors: those of `CreateWeir`. */
  openFolder(dataDir: string): Promise<WeirConnection>
  /** Waits. */
  pause(milliseconds: number): Promise<void>
}

/**
 * Another command has the folder for moments only, and a server that is just starting writes run.json within them:
 * this often and this long apart is it tried again (5 seconds together) before giving up.
 */
const TRIES_MAX = 25
const PAUSE_MS = 200

/** Connects to the data folder. Errors: `folder_in_use` when somebody has it and does not answer; those of `CreateWeir`. */
export async function connectToWeir(dataDir: string, make: ConnectionMaker): Promise<WeirConnection> {
  for (let tried = 1; ; tried += 1) {
    const run = await findRunningInstance(dataDir)
    if (run !== undefined) return make.toInstance(run)
    try {
      return await make.openFolder(dataDir)
    } catch (error) {
      if (!(error instanceof WeirError) || error.code !== 'folder_in_use') throw error
      if (tried === TRIES_MAX) throw withOwner(error, dataDir)
      await make.pause(PAUSE_MS)
    }
  }
}

function withOwner(error: WeirError, dataDir: string): WeirError {
  const owner = readRunFile(dataDir)
  const who = owner === undefined ? 'Another command of Weir' : `Weir (process ${owner.pid}, ${owner.url})`
  return new WeirError(
    'folder_in_use',
    `${who} is using ${dataDir} and does not answer. Wait until it is done, or end it, and try again.`,
    { details: error.details, cause: error },
  )
}

/** A refusal or fault the command cannot go on with; carries the whole problem document. */
export class ProblemError extends WeirError {
  readonly problem: Problem

  constructor(problem: Problem) {
    // A newer instance may answer with a code this command line does not know.
    super(problem.code in ERROR_CODES ? problem.code : 'internal', problem.detail)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The value of an answer; throws `ProblemError` when there is none. */
export function valueFrom<Output>(answer: OperationAnswer<Output>): Output {
  if (answer.ok) return answer.value
  throw new ProblemError(answer.problem)
}
