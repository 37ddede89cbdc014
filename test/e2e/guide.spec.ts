import { shellText } from '../../renderer/text/app.ts'
import { guideText } from '../../renderer/text/guide.ts'
import { addressOf, expect, show, test } from './app.ts'

test('F1 opens the guide at the screen one is at, with its picture, and Back leads back', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/enforcement')
  await expect(page.getByRole('heading', { level: 1, name: 'Enforcement' })).toBeVisible()
  await page.keyboard.press('F1')
  await expect(page.getByRole('heading', { level: 1, name: guideText.title })).toBeVisible()
  const section = page.getByRole('heading', { level: 2, name: 'Enforcement' })
  await expect(section).toBeInViewport()
  await expect(section).toBeFocused()
  const picture = page.getByRole('img', { name: 'Enforcement' })
  await picture.scrollIntoViewIfNeeded()
  await expect
    .poll(() => picture.evaluate((element) => (element as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(100)
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Enforcement' })).toBeVisible()
})

test('words are looked for in the whole guide, and what is found leads to its place', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.getByRole('button', { name: guideText.open }).click()
  const contents = page.getByRole('navigation', { name: guideText.contents })
  await contents.getByRole('textbox', { name: guideText.search }).fill('dual-write failures')
  await contents.getByRole('link', { name: 'Troubleshooting' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Troubleshooting' })).toBeInViewport()
  expect(addressOf(page).get('page')).toBe('operations')
  await contents.getByRole('textbox', { name: guideText.search }).fill('xyzzy')
  await expect(contents.getByText(guideText.nothing)).toBeVisible()

  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('guide')
  await expect(
    page.getByRole('dialog', { name: shellText.palette }).getByRole('button', { name: guideText.open }),
  ).toBeVisible()
})
