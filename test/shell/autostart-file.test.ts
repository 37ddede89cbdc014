import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { autostartFile, setAutostart, startsAtLogin } from '../../electron/shell/autostart-file.ts'

const COMMAND = ['/opt/Weir/weir-window', '--hidden', '--data-dir', '/data/100% "mine" $HOME\\x']

let home: string
let file: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weir-home-'))
  file = autostartFile({}, home)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('the autostart file is where the desktop looks: XDG_CONFIG_HOME, and ~/.config where that is not named or relative', () => {
  expect(autostartFile({ XDG_CONFIG_HOME: '/etc/olga' }, '/home/olga')).toBe(
    '/etc/olga/autostart/weir.desktop',
  )
  expect(autostartFile({ XDG_CONFIG_HOME: 'olga' }, '/home/olga')).toBe(
    '/home/olga/.config/autostart/weir.desktop',
  )
  expect(autostartFile({}, '/home/olga')).toBe('/home/olga/.config/autostart/weir.desktop')
})

test('switching it on writes the file and off removes it, twice as well as once', () => {
  expect(startsAtLogin(file, COMMAND)).toBe(false)
  for (const isOn of [true, true, false, false]) {
    setAutostart(file, COMMAND, isOn)
    expect(startsAtLogin(file, COMMAND)).toBe(isOn)
  }
})

test('what starts Weir is quoted so that no desktop takes a part of it for something else', () => {
  setAutostart(file, COMMAND, true)
  expect(readFileSync(file, 'utf8')).toContain(
    String.raw`Exec="/opt/Weir/weir-window" "--hidden" "--data-dir" "/data/100%% \\"mine\\" \\$HOME\\\\x"`,
  )
})

test('a file that starts another data folder, or that the desktop has switched off, is not this one', () => {
  setAutostart(file, ['/opt/Weir/weir-window', '--hidden'], true)
  expect(startsAtLogin(file, COMMAND)).toBe(false)
  setAutostart(file, COMMAND, true)
  writeFileSync(file, `${readFileSync(file, 'utf8')}X-GNOME-Autostart-enabled=false\n`)
  expect(startsAtLogin(file, COMMAND)).toBe(false)
})

test('what cannot be read in its place starts nothing, and does not keep the settings from being shown', () => {
  const file = join(home, 'weir.desktop')
  mkdirSync(file)
  expect(startsAtLogin(file, ['/opt/weir/weir', '--hidden'])).toBe(false)
  writeFileSync(join(home, 'blocked'), '')
  expect(startsAtLogin(join(home, 'blocked', 'weir.desktop'), ['/opt/weir/weir'])).toBe(false)
})
