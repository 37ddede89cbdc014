import type { FastifyInstance } from 'fastify'
import { DOCS_SCRIPT, DOCS_STYLE } from './docs-assets.ts'
import { DOCS_SCRIPT_PATH, DOCS_STYLE_PATH, docsPage } from './docs-page.ts'
import './fastify-types.ts'
import { openApiDocument } from './openapi.ts'
import type { OpenApiDocument } from './openapi-types.ts'
import { OWN_CONTRACT } from './own-contract.ts'
import { DOCS_CSP } from './security-headers.ts'

/** `/api/v1/openapi.json` and `/docs`. Made when first asked for: a start must not wait for them. */
export function addDocumentationRoutes(app: FastifyInstance, port: () => number): void {
  let document: OpenApiDocument | undefined
  let page: string | undefined
  const theDocument = (): OpenApiDocument => {
    document ??= openApiDocument(port())
    return document
  }
  const isPublic = { config: { access: 'public' } } as const

  app.get(OWN_CONTRACT.openapi.path, isPublic, async (_request, reply) => reply.send(theDocument()))
  app.get('/docs', isPublic, async (_request, reply) => {
    page ??= docsPage(theDocument())
    return reply.header('content-security-policy', DOCS_CSP).type('text/html; charset=utf-8').send(page)
  })
  app.get(DOCS_STYLE_PATH, isPublic, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(DOCS_STYLE),
  )
  app.get(DOCS_SCRIPT_PATH, isPublic, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(DOCS_SCRIPT),
  )
}
