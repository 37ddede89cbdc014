import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import './fastify-types.ts'
import { CONSOLE_CSP } from './security-headers.ts'

/** The bundler puts a hash of the content into the names of these, so a name never means anything else. */
const HASHED_ASSET = /[\\/]assets[\\/][^\\/]+-[\w-]{8,}\.\w+$/

/** A year, the longest that caches are asked to keep anything. */
const HASHED_CACHE_CONTROL = 'public, max-age=31536000, immutable'

/**
 * Serves the built console to a browser: its files, and its page at `/`. Screens are addressed after the `#`, which
 * the browser keeps to itself, so there is no other address to answer.
 *
 * @param rendererDir absolute path of the folder with `index.html`
 */
export async function addStaticConsole(app: FastifyInstance, rendererDir: string): Promise<void> {
  await app.register(async (console) => {
    // The page must come before anybody can sign in on it; what it shows comes with a session only.
    console.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' }
    })
    await console.register(fastifyStatic, {
      root: rendererDir,
      // The files are known at start, each with a route of its own: nothing else, in the folder or outside it, can
      // ever be asked for, and an unknown address stays an unknown address.
      wildcard: false,
      index: ['index.html'],
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (reply: FastifyReply, path: string) => {
        reply.header('content-security-policy', CONSOLE_CSP)
        if (HASHED_ASSET.test(path)) reply.header('cache-control', HASHED_CACHE_CONTROL)
      },
    })
  })
}
