// Draws the program's icons from renderer/public/logo.svg, which is our own: node build/make-icons.ts
// The results are kept in build/icons, because packing should not need a browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { IS_ROOT, ROOT } from './support.mjs'

/** What desktops of Linux look for; 512 is also the least that electron-builder takes. */
const PNG_SIZES = [16, 32, 48, 64, 128, 256, 512, 1024]
/** What Windows shows in lists, on the task bar and on the desktop. */
const ICO_SIZES = [16, 32, 48, 64, 128, 256]
/** Apple's names for PNG images of these sizes in an .icns file. */
const ICNS_TYPES = { 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' } as const

const folder = join(ROOT, 'build/icons')
const images = await draw()
mkdirSync(folder, { recursive: true })
for (const [size, image] of images) writeFileSync(join(folder, `${size}x${size}.png`), image)
writeFileSync(join(folder, 'icon.ico'), ico())
writeFileSync(join(folder, 'icon.icns'), icns())

async function draw(): Promise<Map<number, Buffer>> {
  const svg = readFileSync(join(ROOT, 'renderer/public/logo.svg'), 'utf8')
  const browser = await chromium.launch({
    executablePath: process.env['WEIR_E2E_CHROMIUM'] ?? '/usr/bin/chromium',
    chromiumSandbox: !IS_ROOT,
  })
  const drawn = new Map<number, Buffer>()
  for (const size of PNG_SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`)
    drawn.set(size, await page.screenshot({ omitBackground: true }))
    await page.close()
  }
  await browser.close()
  return drawn
}

function imageOf(size: number): Buffer {
  const image = images.get(size)
  if (image === undefined) throw new Error(`No image of ${size} pixels was drawn`)
  return image
}

/** A directory of PNG images, as Windows reads them since Vista. */
function ico(): Buffer {
  const header = Buffer.alloc(6 + 16 * ICO_SIZES.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(ICO_SIZES.length, 4)
  let offset = header.length
  ICO_SIZES.forEach((size, index) => {
    const entry = 6 + 16 * index
    // 0 stands for 256.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(imageOf(size).length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    offset += imageOf(size).length
  })
  return Buffer.concat([header, ...ICO_SIZES.map(imageOf)])
}

/** Apple's container: each image behind its type and its length, everything behind the length of the file. */
function icns(): Buffer {
  const parts = Object.entries(ICNS_TYPES).map(([size, type]) => chunk(type, imageOf(Number(size))))
  return chunk('icns', Buffer.concat(parts))
}

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(body.length + 8, 4)
  return Buffer.concat([head, body])
}
