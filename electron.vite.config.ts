import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { guidePages } from './build/guide-pages.ts'

const here = import.meta.dirname

// electron-vite knows targets only up to Electron 44. These are those of the oldest runtime the output
// must run on: the Electron 33 that build/electron-runtime.mjs falls back to where GitHub is out of reach.
const OLDEST_NODE = 'node20.18'
const OLDEST_CHROME = 'chrome130'

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: OLDEST_NODE,
      sourcemap: true,
      rolldownOptions: {
        // better-sqlite3 is the one package under "dependencies", so it alone stays outside the bundle:
        // it loads a native addon from its own folder.
        input: {
          main: resolve(here, 'electron/shell/main.ts'),
          start: resolve(here, 'electron/start.ts'),
          serve: resolve(here, 'electron/serve/serve.ts'),
          cli: resolve(here, 'electron/cli/cli.ts'),
          worker: resolve(here, 'electron/core/workers/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: OLDEST_NODE,
      // A sandboxed preload script can neither be a module nor require packages, so it is one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: resolve(here, 'electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), guidePages(here)],
    build: {
      outDir: 'out/renderer',
      target: OLDEST_CHROME,
      // electron-vite leaves it off, which more than doubles what the page has to read.
      minify: true,
      rolldownOptions: {
        input: resolve(here, 'renderer/index.html'),
        output: {
          // The charts are a third of the script and the first screen has none: they come when a screen imports
          // them lazily. React goes first, or its copy would be drawn into the charts and the page would load both.
          codeSplitting: {
            groups: [
              { name: 'react', priority: 2, test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
              {
                name: 'charts',
                priority: 1,
                test: /node_modules[\\/](chart\.js|react-chartjs-2|@kurkle)[\\/]/,
              },
            ],
          },
        },
      },
    },
  },
})
