import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileOfAddress, isOurPage, mediaTypeOf } from '../../electron/shell/page-address.ts'
import { fitToDisplays, readWindowState, writeWindowState } from '../../electron/shell/window-state.ts'

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 }

test('only our page is our page', () => {
  for (const address of ['app://weir/', 'app://weir/#/users?sort=username', 'app://weir/crashed']) {
    expect(isOurPage(address)).toBe(true)
  }
  for (const address of [
    'app://other/',
    'app://weir.example.org/',
    'app://weir@evil/',
    'https://weir/',
    'file:///weir',
    'data:text/html,app://weir/',
    'about:blank',
    '',
  ]) {
    expect(isOurPage(address)).toBe(false)
  }
})

test('an address never leads out of the folder of the page', () => {
  expect(fileOfAddress('app://weir/', '/r')).toBe('/r/index.html')
  expect(fileOfAddress('app://weir/assets/a%20b.js?x=1#y', '/r')).toBe('/r/assets/a b.js')
  for (const path of ['..%2f..%2fetc/passwd', '%2e%2e/%2e%2e/secret', '..%2frr/x', '%E0%A4%A']) {
    const file = fileOfAddress(`app://weir/${path}`, '/r')
    expect(file === undefined || file.startsWith('/r/')).toBe(true)
  }
})

test('files of a type nobody expects are bytes', () => {
  expect(mediaTypeOf('/r/assets/index-abc.js')).toBe('text/javascript; charset=utf-8')
  expect(mediaTypeOf('/r/LICENSE')).toBe('application/octet-stream')
})

test('a window comes back where it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  writeWindowState(folder, { x: 10, y: 20, width: 1000, height: 700 }, true)
  expect(readWindowState(folder, [SCREEN])).toEqual({
    width: 1000,
    height: 700,
    place: { x: 10, y: 20 },
    isMaximized: true,
  })
  writeFileSync(join(folder, 'window-state.json'), '{"x": "far"}')
  expect(readWindowState(folder, [SCREEN])).toEqual({
    width: 1280,
    height: 860,
    place: null,
    isMaximized: false,
  })
  rmSync(folder, { recursive: true })
})

test('a window whose screen is gone opens in the middle of another', () => {
  const state = { x: 3000, y: 100, width: 1200, height: 800, isMaximized: false }
  expect(fitToDisplays(state, [SCREEN]).place).toBeNull()
  expect(fitToDisplays(state, [SCREEN, { x: 1920, y: 0, width: 1920, height: 1080 }]).place).toEqual({
    x: 3000,
    y: 100,
  })
  expect(fitToDisplays({ ...state, x: 0, y: -500 }, [SCREEN]).place).toBeNull()
})

test('a window is never smaller than what fits in it', () => {
  const tiny = { x: 0, y: 0, width: 10, height: 10, isMaximized: false }
  expect(fitToDisplays(tiny, [SCREEN])).toMatchObject({ width: 960, height: 640 })
})
