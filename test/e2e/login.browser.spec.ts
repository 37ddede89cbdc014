import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from '@playwright/test'
import { loginText } from '../../renderer/text/login.ts'
import { expect, type RunningApp, test } from './app.ts'
import { ask } from './support/api.ts'

/** A fresh login link, as `weir login` gets it. */
async function loginLink({ url, token }: RunningApp): Promise<string> {
  const response = await fetch(`${url}/api/v1/auth/login-codes`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  })
  const { url: link } = (await response.json()) as { readonly url: string }
  return link
}

/** A browser that has never seen this Weir. */
async function stranger(app: RunningApp): Promise<{ context: BrowserContext; page: Page }> {
  const browser = app.page.context().browser()
  if (browser === null) throw new Error('This is no browser')
  const context = await browser.newContext()
  return { context, page: await context.newPage() }
}

test('a login link works once; the second time it is refused and says what to do', async ({ crowd: app }) => {
  const link = await loginLink(app)
  const first = await stranger(app)
  await first.page.goto(link)
  await expect(first.page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  expect(first.page.url(), 'the code does not stay in the address').not.toContain('code=')
  const second = await stranger(app)
  await second.page.goto(link)
  await expect(second.page.getByRole('alert')).toContainText(loginText.linkUsed)
  await expect(second.page.getByRole('alert')).toContainText(loginText.linkUsedHint)
  await expect(second.page.getByText(loginText.command)).toBeVisible()
  expect(await second.context.cookies()).toEqual([])
  await first.context.close()
  await second.context.close()
})

test('a link into Weir asks a stranger to log in and then leads where it should', async ({ crowd: app }) => {
  const { token: admin } = await ask(app, 'tokens.create', { name: 'console (login test)', scope: 'admin' })
  const { token: executor } = await ask(app, 'tokens.create', {
    name: 'agent (login test)',
    scope: 'executor',
  })
  const { context, page } = await stranger(app)
  await page.goto(`${app.home}#/users?search=limit`)
  const field = page.getByLabel(loginText.token, { exact: true })
  await expect(page.getByRole('heading', { name: loginText.title })).toBeVisible()
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  }
  await field.fill('weir_nonsense')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('unknown, expired or revoked')
  await field.fill(executor)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('needs an admin token')
  await field.fill(admin)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await expect(page.getByRole('searchbox')).toHaveValue('limit')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).not.toHaveProperty('token')

  // Revoking the token ends the session that stands on it.
  const { tokens } = await ask(app, 'tokens.list', {})
  for (const { id, name } of tokens)
    if (name.endsWith('(login test)')) await ask(app, 'tokens.revoke', { id })
  await page.keyboard.press('F5')
  await expect(page.getByRole('heading', { name: loginText.title })).toBeVisible()
  await context.close()
})

test('a request under a foreign name or from a foreign page is refused', async ({ crowd: app }) => {
  const { port } = new URL(app.url)
  const status = (headers: Record<string, string>): Promise<{ status: number; code: unknown }> =>
    new Promise((done, fail) => {
      const asked = httpRequest(
        { host: '127.0.0.1', port, path: '/api/v1/admin/status', headers },
        (response: IncomingMessage) => {
          let body = ''
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text
          })
          response.on('end', () => done({ status: response.statusCode ?? 0, code: JSON.parse(body).code }))
        },
      )
      asked.on('error', fail).end()
    })
  const authorization = `Bearer ${app.token}`
  expect(await status({ authorization, host: 'weir.evil.example' })).toEqual({
    status: 421,
    code: 'host_not_allowed',
  })
  expect(await status({ authorization, host: `evil.example:${port}` })).toMatchObject({ status: 421 })
  expect(await status({ authorization, origin: 'https://evil.example' })).toEqual({
    status: 403,
    code: 'origin_not_allowed',
  })
  expect(await status({ authorization, origin: 'null' })).toMatchObject({ status: 403 })
  expect(await status({})).toMatchObject({ status: 401 })
  expect(await status({ authorization })).toMatchObject({ status: 200 })
})

/** What a hostile page tries, with the operator's cookie: it is of the same site, because ports do not count there. */
const ATTACK = `<!doctype html><title>attack</title><body><script>
window.attack = async (weir) => {
  const tried = {}
  const attempt = async (name, action) => {
    try { tried[name] = await action() } catch (error) { tried[name] = 'refused by the browser' }
  }
  const user = JSON.stringify({ id: 'intruder', username: 'Intruder' })
  await attempt('read', async () => (await fetch(weir + '/api/v1/admin/status', { credentials: 'include' })).text())
  await attempt('read without cors', async () => {
    const answer = await fetch(weir + '/api/v1/admin/status', { credentials: 'include', mode: 'no-cors' })
    return answer.type + ' ' + (await answer.text())
  })
  await attempt('write json', async () => (await fetch(weir + '/api/v1/auth/admin/users', {
    method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: user })).status)
  await attempt('write text', async () => (await fetch(weir + '/api/v1/auth/admin/users', {
    method: 'POST', credentials: 'include', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: user })).type)
  await attempt('script', () => new Promise((done) => {
    const script = document.createElement('script')
    script.src = weir + '/api/v1/admin/status'
    script.onload = () => done('loaded'); script.onerror = () => done('refused')
    document.body.append(script)
  }))
  await attempt('frame', () => new Promise((done) => {
    const frame = document.createElement('iframe')
    frame.src = weir + '/'
    frame.onload = () => { try { done(frame.contentDocument ? 'empty' : 'closed') } catch { done('closed') } }
    document.body.append(frame)
  }))
  return tried
}
</script><form id="form" method="post" enctype="text/plain"><input name='{"id":"intruder","username":"' value='x"}'></form>`

test('a page on another port of this machine can neither read Weir nor write to it', async ({
  crowd: app,
}) => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(ATTACK)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const before = await ask(app, 'status.get', {})
  // In the browser that is logged in, so that every request has the cookie a careless Weir would take for consent.
  const page = await app.page.context().newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  const tried = await page.evaluate(
    (weir) => (window as unknown as { attack(weir: string): Promise<Record<string, unknown>> }).attack(weir),
    app.url,
  )
  expect(tried).toEqual({
    read: 'refused by the browser',
    'read without cors': 'refused by the browser',
    'write json': 'refused by the browser',
    'write text': 'refused by the browser',
    script: 'refused',
    frame: 'closed',
  })
  expect(page.frames().map((frame) => frame.url())).not.toContain(app.home)
  await page.evaluate((weir) => {
    const form = document.getElementById('form') as HTMLFormElement
    form.action = `${weir}/api/v1/auth/admin/users`
    form.submit()
  }, app.url)
  await page.waitForURL('**/api/v1/auth/admin/users')
  await expect(page.locator('body')).toContainText('origin_not_allowed')
  const after = await ask(app, 'status.get', {})
  expect({ users: after.users, turns: after.turns, tokens: after.executor_tokens }).toEqual({
    users: before.users,
    turns: before.turns,
    tokens: before.executor_tokens,
  })
  await page.close()
  server.close()
})
