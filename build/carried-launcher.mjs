// @ts-nocheck: it uses what Electron keeps for its own default app and does not declare.
// The whole of resources/default_app.asar in the carried Electron runtime, which was cut out of another
// application and came without one. It does what Electron's own default app does for `electron [-r MODULE] PATH`.
import { existsSync, readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const modules = []
let target
const rest = process.argv.slice(1)
while (rest.length > 0 && target === undefined) {
  const argument = rest.shift()
  if (argument === '-r' || argument === '--require') modules.push(rest.shift())
  else if (argument === '-v' || argument === '--version') {
    process.stdout.write(`v${process.versions.electron}\n`)
    process.exit(0)
  } else if (argument.startsWith('--app=')) target = argument.slice('--app='.length)
  else if (!argument.startsWith('-')) target = argument
}

function refuse(reason) {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

if (target === undefined) refuse('Name the folder of the application: electron PATH')
if (modules.length > 0) Module._preloadModules(modules)
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })

let folder = resolve(target)
let entry = folder
const manifestPath = join(folder, 'package.json')
if (existsSync(manifestPath)) {
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
  if (manifest.version) app.setVersion(manifest.version)
  app.name = manifest.productName || manifest.name || app.name
  if (process.platform === 'linux') app.setDesktopName(`${app.name}.desktop`)
  entry = join(folder, manifest.main || 'index.js')
} else {
  folder = dirname(folder)
}
app.setAppPath(folder)
try {
  await import(pathToFileURL(entry).href)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  process.exit(1)
}
