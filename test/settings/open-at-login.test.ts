import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LoginItem } from '../../electron/core/kernel/ports.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { setAutostart, startsAtLogin } from '../../electron/shell/autostart-file.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, freshDataDir, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'

let folder: ReturnType<typeof freshDataDir>
beforeEach(() => {
  folder = freshDataDir()
})
afterEach(() => folder.remove())

async function openWith(loginItem?: LoginItem) {
  return createWeir(configOf(folder.dataDir), {
    clock: SYSTEM_CLOCK,
    log: recordingLog(),
    randomBytes: (count) => randomBytes(count),
    ...(loginItem === undefined ? {} : { loginItem }),
  })
}

/** The one of a Linux desktop, with a file of the test's own. */
function fileItem(whyNot: string | null = null): LoginItem {
  const file = join(folder.dataDir, 'autostart', 'weir.desktop')
  const command = ['/opt/Weir/weir-window', '--hidden']
  return {
    whyNot,
    isSet: () => startsAtLogin(file, command),
    set: (isOn) => setAutostart(file, command, isOn),
  }
}

const stateIn = ({
  settings,
}: {
  readonly settings: readonly {
    readonly name: string
    readonly value: unknown
    readonly fixed_because: string | null
  }[]
}) => settings.find(({ name }) => name === 'open_at_login')

describe('opening at login', () => {
  test('is switched on and off in the settings, and each change is in the audit log once', async () => {
    const weir = await openWith(fileItem())
    for (const isOn of [true, true, false]) {
      expect(stateIn(await weir.settings.update({ open_at_login: isOn }, OPERATOR))).toMatchObject({
        value: isOn,
      })
    }
    expect(fileItem().isSet()).toBe(false)
    const { entries } = await weir.audit.list({ limit: 10 })
    expect(entries.filter(({ object_id }) => object_id === 'open_at_login')).toHaveLength(2)
    await weir.close()
  })

  test('says why where it cannot be, and refuses to be switched on there', async () => {
    for (const item of [undefined, fileItem('Weir was started from its sources.')]) {
      const weir = await openWith(item)
      const { fixed_because } = stateIn(await weir.settings.get()) ?? {}
      expect(fixed_because).toMatch(/Weir was started/)
      await expect(
        weir.settings.update({ open_at_login: true, log_cap_mb: 60 }, OPERATOR),
      ).rejects.toMatchObject({
        code: 'setting_fixed',
        message: fixed_because,
      })
      // Nothing of the change is made.
      expect((await weir.settings.get()).settings.find(({ name }) => name === 'log_cap_mb')?.value).toBe(50)
      await weir.close()
    }
  })
})
