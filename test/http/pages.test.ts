import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorCodesPage } from '../../build/make-docs.ts'
import { docsPage } from '../../electron/http/docs-page.ts'
import { html } from '../../electron/http/html.ts'
import { openApiDocument } from '../../electron/http/openapi.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import { type Harness, HOST, harness, PORT } from './http-harness.ts'

let folder = ''
let weir: Harness
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-console-'))
  mkdirSync(join(folder, 'console', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'console', 'index.html'), '<!doctype html><title>Weir</title>')
  writeFileSync(join(folder, 'console', 'assets', 'index-Bx12cd_9.js'), 'run()')
  writeFileSync(join(folder, 'console', '.secret'), 'hidden')
  writeFileSync(join(folder, 'outside.txt'), 'outside')
  weir = await harness({}, { rendererDir: join(folder, 'console') })
})
afterAll(async () => {
  await weir.app.close()
  rmSync(folder, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) => weir.call({ method: 'GET', url, headers })

describe('the console', () => {
  it('is served at / without a token and is never kept by the browser', async () => {
    for (const url of ['/', '/index.html', '/?x=1']) {
      const answer = await get(url)
      expect([url, answer.statusCode]).toEqual([url, 200])
      expect(answer.headers['content-type']).toContain('text/html')
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
      expect(answer.headers['x-frame-options']).toBe('DENY')
    }
  })

  it('lets the browser keep what has its hash in the name', async () => {
    const answer = await get('/assets/index-Bx12cd_9.js')
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.body).toBe('run()')
  })

  it.each([
    '/.secret',
    '/../outside.txt',
    '/..%2foutside.txt',
    '/assets/../../outside.txt',
    '/%2e%2e/outside.txt',
    '/assets/%2e%2e%2f%2e%2e%2foutside.txt',
    '/assets',
    '/assets/',
    '/missing.js',
    '/index.html%00',
  ])('has nothing at %s', async (url) => {
    const answer = await get(url)
    expect([400, 404]).toContain(answer.statusCode)
    expect(answer.headers['content-type']).toBe('application/problem+json')
  })

  it('is guarded like everything else', async () => {
    expect((await get('/', { host: 'evil.test' })).statusCode).toBe(421)
    expect((await get('/', { origin: 'https://evil.test' })).statusCode).toBe(403)
    expect((await get('/assets/index-Bx12cd_9.js', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await weir.call({ method: 'POST', url: '/' })).headers['allow']).toBe('GET, HEAD')
  })
})

describe('the documentation', () => {
  const document = openApiDocument(PORT)
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))

  it('is OpenAPI 3.1 in which every reference leads somewhere and every id is used once', async () => {
    const answer = await get('/api/v1/openapi.json')
    const served = answer.json()
    expect(served).toEqual(JSON.parse(JSON.stringify(document)))
    expect(served.openapi).toBe('3.1.0')
    const references = [...JSON.stringify(served).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1])
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Problem']))
    const ids = operations.map((operation) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names the members of each path as parameters and no member twice', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
        expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
        const body = operation.requestBody?.content['application/json']?.schema.properties ?? {}
        for (const parameter of operation.parameters ?? []) expect(body).not.toHaveProperty(parameter.name)
      }
    }
  })

  it('covers what is served beyond the table', async () => {
    const own = ['/healthz', '/readyz', '/docs', '/api/v1/openapi.json', '/api/v1/auth/session']
    for (const path of own) {
      expect(document.paths[path]?.['get']).toBeDefined()
      expect((await get(path)).statusCode).toBe(200)
    }
    for (const path of ['/api/v1/auth/login', '/api/v1/auth/logout', '/api/v1/auth/login-codes']) {
      expect(document.paths[path]?.['post']).toBeDefined()
    }
  })

  it('is a page that fetches nothing from elsewhere and runs no script of its own', async () => {
    const answer = await get('/docs')
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(answer.body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
    for (const operation of operations) expect(answer.body).toContain(`id="${operation.operationId}"`)
    expect(answer.body).toContain('$WEIR_TOKEN')
    expect(answer.body).toContain(`http://${HOST}/api/v1/limits/check`)
    for (const [, file] of answer.body.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)) {
      expect((await get(String(file))).statusCode).toBe(200)
    }
  })

  it('escapes every text', () => {
    const evil = `<img src=x onerror="alert('1')">`
    expect(html`<p title="${evil}">${evil}${[html`<b>${evil}</b>`]}</p>`.text).not.toContain('<img')
    const [path = ''] = Object.keys(document.paths)
    const methods = document.paths[path] ?? {}
    const poisoned = {
      ...document,
      paths: {
        [`/${evil}`]: Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [
            method,
            { ...operation, summary: evil, operationId: evil, description: evil },
          ]),
        ),
      },
    }
    expect(docsPage(poisoned)).not.toContain('<img')
  })
})

describe('docs/error-codes.md', () => {
  it('is what build/make-docs.ts makes of the table, and names every code', () => {
    const file = readFileSync(resolve(import.meta.dirname, '../../docs/error-codes.md'), 'utf8')
    expect(file, 'run: node build/make-docs.ts').toBe(errorCodesPage())
    for (const code of Object.keys(ERROR_CODES)) expect(file).toContain(`| \`${code}\` |`)
  })
})
