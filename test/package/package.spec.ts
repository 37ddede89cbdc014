import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { checkPackage } from '../../build/package/check-package.ts'
import { readRunFile } from '../../electron/core/kernel/run-file.ts'
import {
  START_LIMIT_MS,
  stopProgram,
  type TestFolder,
  testFolder,
  waitFor,
} from '../e2e/support/processes.ts'
import { openPackedWindow, PACKAGE, packedCommand, startPackedCommand } from './packed-program.ts'

let folder: TestFolder
test.beforeEach(() => {
  folder = testFolder()
})
test.afterEach(() => folder.remove())

test('the built folder has the fuses and the files it should have, and no others', async () => {
  const report = await checkPackage(PACKAGE, `linux-${process.arch}`)
  expect(report.problems).toEqual([])
  process.stdout.write(
    `package: ${report.bytes} bytes in ${report.files} files; app.asar ${report.archiveBytes} bytes\n`,
  )
})

test('the packed window shows the first run, loads the sample, and quits in order', async () => {
  const startedAt = performance.now()
  const { program, page, browser } = await openPackedWindow(folder)
  process.stdout.write(
    `package: first screen ${Math.round(performance.now() - startedAt)} ms after the start\n`,
  )
  await page.getByRole('radio', { name: 'Look around with a sample' }).click()
  // The sample is read in a worker thread, which has to find its file in the archive.
  await page.getByRole('button', { name: 'Load the sample' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible({
    timeout: START_LIMIT_MS,
  })
  await page.evaluate(() => window.close())
  expect(await program.ended, program.stderr()).toBe(0)
  await browser.close()
  const wal = join(folder.dataDir, 'auth.db-wal')
  expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0)
  expect(existsSync(join(folder.dataDir, 'run.json'))).toBe(false)

  // The command line of the package opens the same folder, on a machine without a display.
  const verified = await packedCommand(folder, ['verify', '--json'])
  expect(verified.code, verified.stderr).toBe(0)
  expect(JSON.parse(verified.stdout)).toMatchObject({ differences: [] })
})

test('the command line of the package answers with the documented exit codes, and nothing is taken for a switch of Chromium', async () => {
  const startedAt = performance.now()
  const version = await packedCommand(folder, ['--version'])
  process.stdout.write(`package: weir --version took ${Math.round(performance.now() - startedAt)} ms\n`)
  expect(version).toMatchObject({ code: 0, stderr: '' })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  const added = await packedCommand(folder, [
    'users',
    'add',
    'alice',
    '--username',
    '--user-data-dir=/nowhere',
  ])
  expect(added.code, added.stderr).toBe(0)
  const listed = await packedCommand(folder, ['users', 'list', '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({ users: [{ username: '--user-data-dir=/nowhere' }] })
  expect(await packedCommand(folder, ['nonsense'])).toMatchObject({ code: 2 })
})

test('the package serves the console without a display, until it is asked to stop', async () => {
  const program = startPackedCommand(folder, ['serve', '--port', '0'])
  const run = await waitFor(program, () => readRunFile(folder.dataDir))
  expect((await fetch(`${run.url}/healthz`)).status).toBe(200)
  const page = await fetch(`${run.url}/`)
  expect(await page.text()).toContain('<title>Weir</title>')
  await stopProgram(program)
  expect(await program.ended, program.stderr()).toBe(0)
})

test('nobody makes another program of it: the variables and switches for that do nothing', async () => {
  const env = { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--require=/nowhere/evil.js' }
  // As Node it would look for a script; with those options it would not even start.
  const { program, browser } = await openPackedWindow(folder, env)
  await browser.close()
  await stopProgram(program)
  expect(await program.ended).toBe(0)
  expect(program.stderr()).not.toContain('Debugger listening')
})

test('the package opens itself at login when it is told to, and follows a link', async () => {
  const config = join(folder.dataDir, '..', 'config')
  const { program, page, browser } = await openPackedWindow(folder, { XDG_CONFIG_HOME: config }, [
    'weir://settings',
  ])
  const login = page.getByRole('switch', { name: 'Open when you sign in' })
  await login.check({ force: true })
  await page.getByRole('button', { name: 'Save Window' }).click()
  await expect(page.getByText('Window saved.')).toBeVisible()
  const file = join(config, 'autostart', 'weir.desktop')
  expect(readFileSync(file, 'utf8')).toContain(
    `Exec="${join(PACKAGE, 'weir-window')}" "--hidden" "--data-dir" "${folder.dataDir}"`,
  )
  await login.uncheck({ force: true })
  await page.getByRole('button', { name: 'Save Window' }).click()
  await expect.poll(() => existsSync(file)).toBe(false)
  await browser.close()
  await stopProgram(program)
  expect(await program.ended).toBe(0)
})
