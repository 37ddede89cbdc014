import { describe, expect, test } from 'vitest'
import { linkAmong, pathOfLink } from '../../electron/shell/deep-link.ts'
import { MENU_SCREENS } from '../../shared/desktop-bridge.ts'

describe('a weir:// link', () => {
  test('leads to every screen of the menu by its name, with or without a slash behind it', () => {
    for (const { id, path } of MENU_SCREENS) {
      expect(pathOfLink(`weir://${id}`)).toBe(path)
      expect(pathOfLink(`WEIR://${id}/`)).toBe(path)
    }
  })

  test('leads to a user by the id, with every sign an id may have', () => {
    expect(pathOfLink('weir://users/42')).toBe('/user?id=42')
    expect(pathOfLink('weir://users/team:olga+1%40example.org')).toBe(
      '/user?id=team%3Aolga%2B1%40example.org',
    )
  })

  test.each([
    'weir:',
    'weir://',
    'weir://nonsense',
    'weir://login?code=123',
    'weir://welcome',
    'weir://users?search=x',
    'weir://users/42?tab=limits',
    'weir://users/42#/settings',
    'weir://users/42/block',
    'weir://users/..%00',
    'weir://users/%0Aweir: all is well',
    'weir://users/%E0%A4%A',
    `weir://users/${'x'.repeat(600)}`,
    'weir://enforcement/off',
    'weir://__proto__',
    'weir://constructor',
    'weir://settings@evil.example/',
    'weir://evil.example:443/',
    'weir:javascript:alert(1)',
    'javascript:alert(1)',
    'https://evil.example/weir://users',
    'weir://users\n/42',
    ' weir://users',
  ])('that is none of ours is ignored: %j', (link) => {
    expect(pathOfLink(link)).toBeNull()
  })

  test('is found among what the program was started with', () => {
    expect(linkAmong(['/opt/Weir/weir-window', '--data-dir', '/data', 'weir://jobs'])).toBe('weir://jobs')
    expect(linkAmong(['/opt/Weir/weir-window', '--port', '5055'])).toBeNull()
  })
})
