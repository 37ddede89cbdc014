// @ts-check
// better-sqlite3 asks for Node-API 10, which Electron has since version 36. For the older carried runtime this
// compiles a copy that gets by with Node-API 9: there a reference can hold an object but neither a string nor a
// number, so those few references are put into a one-element array.
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE, nodePath, ROOT, run, say, tail, toolEnv } from './support.mjs'

/** Part of the cached name: raise it when the edits below change. */
const RECIPE = 1

/** It takes 40 s on two slow cores; ten minutes mean that the compiler hangs or swaps. */
const COMPILE_LIMIT_MS = 600_000

const BOX_REF = `#pragma once
#include <napi.h>
// A reference to any value: Node-API 9 keeps references to objects only, so the value sits in an array.
template <class T> class BoxRef {
public:
	BoxRef() {}
	explicit BoxRef(T value) { Reset(value, 1); }
	BoxRef(BoxRef&&) = default;
	BoxRef& operator=(BoxRef&&) = default;
	void Reset(T value, uint32_t count) {
		Napi::Array box = Napi::Array::New(value.Env(), 1);
		box.Set(uint32_t(0), Napi::Value(value));
		ref.Reset(box, count);
	}
	void Reset() { ref.Reset(); }
	bool IsEmpty() const { return ref.IsEmpty(); }
	T Value() const { return Napi::Value(ref.Value().Get(uint32_t(0))).template As<T>(); }
private:
	Napi::ObjectReference ref;
};
`

/** Each text must be found in its file, else the package has changed and the recipe no longer fits. */
const EDITS = [
  {
    file: 'src/better_sqlite3.cpp',
    from: '#include <napi.h>',
    to: '#include <napi.h>\n#include "box-ref.hpp"',
  },
  { file: 'src/util/bind-map.cpp', from: 'Napi::Persistent(', to: 'BoxRef<Napi::String>(' },
  { file: 'src/util/bind-map.cpp', from: 'Napi::Reference<Napi::String>', to: 'BoxRef<Napi::String>' },
  { file: 'src/util/constants.cpp', from: 'Napi::Persistent(', to: 'BoxRef<Napi::String>(' },
  { file: 'src/util/constants.cpp', from: 'Napi::Reference<Napi::String>', to: 'BoxRef<Napi::String>' },
  { file: 'src/util/helpers.cpp', from: 'Napi::Reference<Napi::String>', to: 'BoxRef<Napi::String>' },
  {
    file: 'src/util/custom-aggregate.cpp',
    from: 'start(Napi::Persistent(start))',
    to: 'start(BoxRef<Napi::Value>(start))',
  },
  { file: 'src/util/custom-aggregate.cpp', from: 'Napi::Reference<Napi::Value>', to: 'BoxRef<Napi::Value>' },
  { file: 'binding.gyp', from: 'NAPI_VERSION=10', to: 'NAPI_VERSION=9' },
  // Link-time optimisation and -O3 take minutes and gain nothing that a test would notice.
  { file: 'binding.gyp', from: ", '-flto'", to: '' },
  { file: 'binding.gyp', from: "'ldflags': ['-flto']", to: "'ldflags': []" },
  { file: 'binding.gyp', from: "'-flto', ", to: '' },
  { file: 'deps/common.gypi', from: "'-O3'", to: "'-O1'" },
]

/**
 * @param {string} electronVersion
 * @returns {boolean} whether that Electron is too old for the addon better-sqlite3 ships
 */
export function needsOwnBinding(electronVersion) {
  // Electron 36 is the first on Node 22.14, which brought Node-API 10.
  return Number(electronVersion.split('.')[0]) < 36
}

/**
 * @param {{ version: string, executable: string }} runtime
 * @returns {Promise<string>} path of the addon, compiled if need be; pass it to better-sqlite3 as `nativeBinding`
 */
export async function makeSqliteBinding(runtime) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules/better-sqlite3/package.json'), 'utf8'))
  const name = `better-sqlite3-${manifest.version}-napi9-electron-${runtime.version}-${process.arch}-r${RECIPE}`
  const binding = join(CACHE, name, 'better_sqlite3.node')
  if (existsSync(binding)) return binding

  say(`Compiling better-sqlite3 for Electron ${runtime.version} (40 seconds, once per machine) …`)
  await mkdir(CACHE, { recursive: true })
  const work = await mkdtemp(join(CACHE, 'making-binding-'))
  try {
    const built = await compile(await copyAndEdit(work))
    await tryOut(runtime.executable, built)
    const result = join(work, 'result')
    await mkdir(result)
    await rename(built, join(result, 'better_sqlite3.node'))
    await rename(result, join(CACHE, name)).catch((error) => {
      // Somebody else finished first with the same result.
      if (!existsSync(binding)) throw error
    })
    return binding
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** @param {string} work */
async function copyAndEdit(work) {
  const source = join(work, 'node_modules/better-sqlite3')
  for (const part of ['binding.gyp', 'package.json', 'src', 'deps', 'lib']) {
    await cp(join(ROOT, 'node_modules/better-sqlite3', part), join(source, part), { recursive: true })
  }
  await cp(join(ROOT, 'node_modules/node-addon-api'), join(work, 'node_modules/node-addon-api'), {
    recursive: true,
  })
  await writeFile(join(source, 'src/box-ref.hpp'), BOX_REF)
  for (const edit of EDITS) {
    const path = join(source, edit.file)
    const text = await readFile(path, 'utf8')
    if (!text.includes(edit.from)) {
      throw new Error(
        `better-sqlite3's ${edit.file} no longer contains "${edit.from}"; the recipe must be adapted`,
      )
    }
    await writeFile(path, text.replaceAll(edit.from, edit.to))
  }
  return source
}

/** @param {string} source */
async function compile(source) {
  // The pinned Node brings its headers, so node-gyp has nothing to download.
  const headers = join(ROOT, `node_modules/node-${process.platform}-${process.arch}`)
  const args = [
    join(ROOT, 'node_modules/node-gyp/bin/node-gyp.js'),
    'rebuild',
    '--release',
    '--force_build=1',
  ]
  if (existsSync(join(headers, 'include'))) args.push(`--nodedir=${headers}`)
  const result = await run(nodePath(), args, { cwd: source, env: toolEnv(), timeoutMs: COMPILE_LIMIT_MS })
  if (result.code !== 0) {
    throw new Error(
      `better-sqlite3 could not be compiled (it needs python3, make and g++; build/setup-debian.sh installs them):\n${tail(result.output)}`,
    )
  }
  return join(source, 'build/Release/better_sqlite3.node')
}

/**
 * A binding that does not fit ends the process it is loaded into, so it is loaded into one that may die.
 * @param {string} executable
 * @param {string} binding
 */
async function tryOut(executable, binding) {
  const script = `
    const Database = require('better-sqlite3')
    const db = new Database(':memory:', { nativeBinding: ${JSON.stringify(binding)} })
    db.aggregate('total_of', { start: () => 'a', step: (sum, next) => sum + next })
    const row = db.prepare('select total_of(v) as t from (select @x as v union all select 2)').get({ x: 1 })
    if (row.t !== 'a12') throw new Error('wrong answer ' + row.t)
  `
  const env = { ...toolEnv(), ELECTRON_RUN_AS_NODE: '1' }
  const result = await run(executable, ['-e', script], { env, timeoutMs: 30_000 })
  if (result.code !== 0) throw new Error(`the compiled better-sqlite3 does not work:\n${tail(result.output)}`)
}
