import { describe, expect, test } from 'vitest'
import { runtimeProblem } from '../../electron/core/kernel/runtime-guard.ts'

describe('the runtime guard', () => {
  test('lets the Node that runs these tests pass', () => {
    expect(runtimeProblem(process.versions)).toBeUndefined()
  })

  test('names Node 20 and what is needed instead, because the addon would crash in it', () => {
    const problem = runtimeProblem({ node: '20.20.2', napi: '9' })
    expect(problem).toContain('Node 20.20.2')
    expect(problem).toContain('Node 22.14')
  })

  test('names an old Electron by its own version', () => {
    expect(runtimeProblem({ node: '20.18.1', napi: '9', electron: '33.2.1' })).toContain('Electron 33.2.1')
  })

  test('lets an old Electron pass with an addon that was compiled for it', () => {
    const versions = { node: '20.18.1', napi: '9', electron: '33.2.1' }
    expect(runtimeProblem(versions, '/somewhere/better_sqlite3.node')).toBeUndefined()
  })

  test('does not let plain Node 20 pass with that addon: the binding says nothing about Node itself', () => {
    expect(runtimeProblem({ node: '20.20.2', napi: '9' }, '/somewhere/better_sqlite3.node')).toBeDefined()
  })

  test('takes a runtime that says nothing about Node-API for one that has none', () => {
    expect(runtimeProblem({ node: '8.0.0' })).toBeDefined()
  })
})
