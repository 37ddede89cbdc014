import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Opening at login on Linux: a file in the autostart folder (https://specifications.freedesktop.org/autostart-spec/). */

/** Where the file is. `env` may name another folder for settings; the rules say that a relative one is to be ignored. */
export function autostartFile(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const named = env['XDG_CONFIG_HOME']
  const base = named?.startsWith('/') ? named : join(homeDir, '.config')
  return join(base, 'autostart', 'weir.desktop')
}

/** The text of the file that starts `command`, the program and its arguments. */
export function autostartText(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Weir',
    'Comment=Holds the users of AI agents to their limits',
    `Exec=${command.map(execWord).join(' ')}`,
    'Icon=weir',
    'Terminal=false',
    '',
  ].join('\n')
}

/** Whether the file starts just this; one that starts another folder, or that a desktop has switched off, does not. */
export function startsAtLogin(file: string, command: readonly string[]): boolean {
  const lines = readIfThere(file)?.split(/\r?\n/) ?? []
  const isOff = lines.some((line) =>
    /^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/.test(line),
  )
  return !isOff && lines.includes(`Exec=${command.map(execWord).join(' ')}`)
}

/** Writes the file, or removes it. Errors are those of the file system. */
export function setAutostart(file: string, command: readonly string[], isOn: boolean): void {
  if (!isOn) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, autostartText(command))
}

/** One argument in quotes, as the rules for `Exec` want them: escaped for the quotes first, then for the file. */
function execWord(word: string): string {
  const quoted = word.replace(/(["`$\\])/g, '\\$1').replaceAll('%', '%%')
  return `"${quoted.replaceAll('\\', '\\\\')}"`
}

/** What cannot be read starts nothing either: a folder in its place, or a file of somebody else's. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
