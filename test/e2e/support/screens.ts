import type { Locator, Page } from '@playwright/test'

/** Where things are on the screens, by what a person or a screen reader finds them by. */

/** One figure of a screen: `card(page, 'Tokens in')`. */
export function card(page: Page, label: string): Locator {
  return page.getByRole('article', { name: label, exact: true })
}

/** A framed part of a screen, by its heading. */
export function panel(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true })
}

/** The rows of the users table, without the header. */
export function userRows(page: Page): Locator {
  return page.locator('tbody tr[data-row-id]')
}

/** The ids of the users on screen, in the order of the table. */
export function userIds(page: Page): Promise<readonly string[]> {
  return userRows(page).evaluateAll((rows) =>
    rows.map((row) => (row instanceof HTMLElement ? (row.dataset['rowId'] ?? '') : '')),
  )
}

/** The row of one user. */
export function userRow(page: Page, id: string): Locator {
  return page.locator(`tbody tr[data-row-id="${id}"]`)
}

/** What must not exist, whatever text came from outside: elements and effects of injected markup. */
export function injected(page: Page): Promise<{ readonly hacked: boolean; readonly elements: number }> {
  return page.evaluate(() => ({
    hacked: 'hacked' in window,
    elements: document.querySelectorAll(
      '#root img[src="x"], #root script, #root svg[onload], #root [onmouseover], #root a[href^="javascript:"]',
    ).length,
  }))
}

/** By how many pixels the page is wider than its window; 0 when nothing sticks out. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = document.scrollingElement
    return root === null ? 0 : root.scrollWidth - root.clientWidth
  })
}
