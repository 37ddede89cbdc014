import { expect, test } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK } from '../support/weir.ts'

const CALLER: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }

test('while a backup is restored the console reads until the databases change places, and follows the restore throughout', async () => {
  const open = await openWeir(SYSTEM_CLOCK)
  const ask = (name: 'status.get' | 'restore.list' | 'setup.startEmpty') =>
    dispatchToAnswer(open.weir, name, {}, CALLER)
  const restoring = { ok: false, problem: { code: 'restoring', status: 503 } }
  try {
    open.weir.gate.set('fenced')
    expect(await ask('setup.startEmpty')).toMatchObject(restoring)
    expect(await ask('status.get')).toMatchObject({ ok: true, value: { state: 'restoring' } })
    open.weir.gate.set('closed')
    expect(await ask('status.get')).toMatchObject(restoring)
    expect(await ask('restore.list')).toMatchObject({ ok: true, value: { running: null } })
    open.weir.gate.set('open')
    expect(await ask('status.get')).toMatchObject({ ok: true, value: { state: 'running' } })
  } finally {
    await open.close()
  }
})
