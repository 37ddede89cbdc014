import { type Html, html } from './html.ts'
import type { DescribedOperation, DescribedResponse, JsonSchema, OpenApiDocument } from './openapi-types.ts'

/** Where the page finds its style and its script: files of ours, so that nothing is fetched from anywhere. */
export const DOCS_STYLE_PATH = '/docs/docs.css'
export const DOCS_SCRIPT_PATH = '/docs/docs.js'

interface Entry {
  readonly path: string
  readonly method: string
  readonly operation: DescribedOperation
}

/** The OpenAPI document as a page to read. */
export function docsPage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const [server] = document.servers
  const url = server?.url ?? ''
  const groups = document.tags
    .map((tag) => ({ tag, entries: entries.filter((entry) => entry.operation.tags.includes(tag.name)) }))
    .filter((group) => group.entries.length > 0)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weir API</title>
<link rel="stylesheet" href="${DOCS_STYLE_PATH}">
<script src="${DOCS_SCRIPT_PATH}" defer></script>
</head>
<body>
<header>
<h1>Weir API</h1>
<p>${String(document.info['description'])}</p>
<p>Make a token with <code>weir tokens create --name agent --scope executor</code> and keep it in
<code>WEIR_TOKEN</code>; the examples below read it from there. The same as data:
<a href="/api/v1/openapi.json">openapi.json</a>.</p>
</header>
<nav aria-label="Operations">
${groups.map(
  ({ tag, entries: inGroup }) =>
    html`<h2>${tag.name}</h2><ul>${inGroup.map(
      ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.operationId}</a></li>`,
    )}</ul>`,
)}
</nav>
<main>
${groups.map(
  ({ tag, entries: inGroup }) =>
    html`<section><h2>${tag.name}</h2><p>${tag.description}</p>${inGroup.map((entry) => article(entry, url))}</section>`,
)}
</main>
</body>
</html>
`.text
}

function article({ path, method, operation }: Entry, url: string): Html {
  const scopes = operation['x-weir-scopes']
  const command = operation['x-weir-command']
  const body = operation.requestBody?.content['application/json']
  const statuses = Object.entries(operation.responses)
  return html`
<article id="${operation.operationId}">
<h3><span class="method">${method}</span> <code>${path}</code></h3>
<p><strong>${operation.summary}.</strong> ${withCode(operation.description ?? '')}</p>
<p>${scopes.length === 0 ? 'No token needed.' : `Token with the scope ${scopes.join(' or ')}.`}
${command === undefined ? '' : html`On the command line: <code>${command}</code>.`}</p>
${parametersTable(operation)}
${body === undefined ? '' : html`<h4>Body</h4>${fields(body.schema)}`}
<h4>Example</h4>
<div class="example"><pre>${curl({ path, method, operation }, url)}</pre><button type="button" data-copy>Copy</button></div>
<details><summary>Answers</summary>
${statuses.map(([status, response]) => answer(status, response))}
</details>
</article>`
}

/** What stands between backticks in a description is code. */
function withCode(text: string): readonly Html[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))
}

function parametersTable(operation: DescribedOperation): Html {
  const parameters = operation.parameters ?? []
  if (parameters.length === 0) return html``
  const rows = parameters.map((parameter) =>
    row(`${parameter.name} (${parameter.in})`, parameter.schema, parameter.required),
  )
  return html`<h4>Parameters</h4>${table(rows)}`
}

function fields(schema: JsonSchema): Html {
  if (schema.anyOf !== undefined) {
    return html`${schema.anyOf.map((option, index) => html`${index === 0 ? '' : html`<p>or</p>`}${fields(option)}`)}`
  }
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    row(name, property, schema.required?.includes(name) ?? false),
  )
  return rows.length === 0 ? html`<p>Any JSON object.</p>` : table(rows)
}

function table(rows: readonly Html[]): Html {
  return html`<table><thead><tr><th>Name</th><th>Type</th><th></th></tr></thead><tbody>${rows}</tbody></table>`
}

function row(name: string, schema: JsonSchema, isRequired: boolean): Html {
  return html`<tr><td><code>${name}</code></td><td>${typeOf(schema)}</td><td>${isRequired ? 'required' : ''}</td></tr>`
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ')
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  const bounds = [
    boundOf(schema, 'minimum', 'from'),
    boundOf(schema, 'maximum', 'to'),
    boundOf(schema, 'maxLength', 'up to', 'characters'),
  ]
  const type = [schema.type ?? 'anything'].flat().join(' or ')
  return [type, schema['format'] === 'date-time' ? '(ISO 8601)' : '', ...bounds].filter(Boolean).join(' ')
}

function boundOf(schema: JsonSchema, keyword: string, word: string, unit = ''): string {
  const bound = schema[keyword]
  // The bounds of exact integers are no news.
  if (typeof bound !== 'number' || Math.abs(bound) >= Number.MAX_SAFE_INTEGER) return ''
  return [word, bound, unit].filter((part) => part !== '').join(' ')
}

function answer(status: string, response: DescribedResponse): Html {
  const json = response.content?.['application/json']
  return html`<h5>${status}</h5><p>${response.description}</p>${json === undefined ? '' : fields(json.schema)}`
}

/** A command that can be pasted into a shell; the token comes from the environment and so never into a history. */
function curl({ path, method, operation }: Entry, url: string): string {
  const parameters = operation.parameters ?? []
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (text, parameter) =>
        text.replace(`{${parameter.name}}`, encodeURIComponent(String(parameter.example ?? parameter.name))),
      path,
    )
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.example !== undefined)
    .map((parameter) => `${parameter.name}=${encodeURIComponent(String(parameter.example))}`)
    .join('&')
  const body = operation.requestBody?.content['application/json']?.example
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${shellQuote(`${url}${filled}${query === '' ? '' : `?${query}`}`)}`,
    ...(operation.security.length === 0 ? [] : ['-H "Authorization: Bearer $WEIR_TOKEN"']),
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${shellQuote(JSON.stringify(body))}`]),
  ]
  return lines.join(' \\\n  ')
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
