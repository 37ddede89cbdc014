import { spawn } from 'node:child_process'

/** How each platform opens an address with the program the operator chose for it. */
function openerOf(platform: string, url: string): readonly [command: string, ...args: string[]] {
  if (platform === 'darwin') return ['open', url]
  // `start` is a word of the command interpreter, and its first quoted argument would be a window title.
  if (platform === 'win32') return ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')]
  return ['xdg-open', url]
}

/**
 * Opens the address in the operator's browser, and answers false when there is none. The address may hold a one-time
 * code, which others on the machine could read in the list of processes: it is used up within a second, and a code that
 * somebody else used first shows as such.
 */
export function openInBrowser(url: string, platform: string): Promise<boolean> {
  const [command, ...args] = openerOf(platform, url)
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
