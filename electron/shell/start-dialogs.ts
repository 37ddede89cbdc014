import { dialog } from 'electron'
import { sentenceOf } from '../core/kernel/exit-codes.ts'
import { readRunFile } from '../core/kernel/run-file.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { type LocalInstance, type LocalInstanceParts, openLocalInstance } from '../http/local-instance.ts'

/** The buttons of the question about the port, in the order of the dialog. */
const PORT_ANSWERS = ['Try Again', 'Open Without It', 'Quit'] as const

/**
 * Opens the local interface; when its port is taken the operator decides, because the agent would not find it at
 * another one. Null: the window opens without it. Errors: `port_taken` when the operator quits, and all others.
 */
export async function openInstanceOrAsk(parts: LocalInstanceParts): Promise<LocalInstance | null> {
  for (;;) {
    try {
      return await openLocalInstance(parts)
    } catch (error) {
      if (!(error instanceof WeirError) || error.code !== 'port_taken') throw error
      parts.log.warn('the port is taken', { port: parts.port })
      const answer = await askAboutPort(error)
      if (answer === 'Open Without It') return null
      if (answer === 'Quit') throw new WeirError('cancelled', 'Weir was not opened.', { cause: error })
    }
  }
}

async function askAboutPort(error: WeirError): Promise<(typeof PORT_ANSWERS)[number] | undefined> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Weir',
    message: error.message,
    detail:
      'The agent asks Weir on this port before every turn. Without it the window shows what was recorded so far, ' +
      'and no turn is checked or counted.',
    buttons: [...PORT_ANSWERS],
    defaultId: PORT_ANSWERS.indexOf('Try Again'),
    cancelId: PORT_ANSWERS.indexOf('Quit'),
    noLink: true,
  })
  return PORT_ANSWERS[response]
}

/** Asks whether a damaged database is to be recovered; `why` says what is wrong with it. */
export async function askToRecover(why: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Weir',
    message: 'The database is damaged, so Weir cannot open it.',
    detail:
      `${why}\n\nNothing is taken from the damaged database: what was administered since that backup is gone, and so are ` +
      'turns that are in no session file. Every access token is revoked; make new ones for the agents.',
    buttons: ['Recover', 'Quit'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

/** Says why Weir does not start, in a box and on stderr. What the operator chose himself needs no box. */
export function sayWhyNot(error: unknown): void {
  process.stderr.write(`weir: ${sentenceOf(error)}\n`)
  if (error instanceof WeirError && error.code === 'cancelled') return
  dialog.showErrorBox('Weir cannot start', sentenceOf(error))
}

/** The error, or, when another Weir has the folder and says who it is, one that tells how to get there. */
export function withFolderOwner(error: unknown, dataDir: string): unknown {
  const owner = readRunFile(dataDir)
  if (!(error instanceof WeirError) || error.code !== 'folder_in_use' || owner === undefined) return error
  return new WeirError(
    'folder_in_use',
    `Weir is serving ${dataDir} already (process ${owner.pid}, ${owner.url}). ` +
      'Run "weir login" for an address that opens its console in the browser, or stop it and open the window again.',
    { details: { ...error.details, pid: owner.pid, port: owner.port }, cause: error },
  )
}
