import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { sectionId } from '../../shared/guide.ts'
import { screenAt } from './screens.ts'

/** The documentation inside the console. */
export const GUIDE_PATH = '/guide'

/** Where the guide has a heading of its own for a screen, and not its title. */
const HEADINGS: Readonly<Record<string, string>> = {
  '/user': 'A user',
  '/welcome': 'First run',
  '/import': 'Import',
}

/** The section of the guide about the screen at an address; undefined for its beginning. */
export function guideSectionOf(path: string): string | undefined {
  const title = HEADINGS[path] ?? screenAt(path)?.title
  return title === undefined ? undefined : sectionId(title)
}

/** Opens the guide at what it says about the screen one is at. */
export function useOpenGuide(): () => void {
  const router = useRouter()
  return useCallback(() => {
    const { pathname } = router.state.location
    // Already there: one goes on reading.
    if (pathname === GUIDE_PATH) return
    void router.navigate({ to: GUIDE_PATH, search: { page: 'guide', section: guideSectionOf(pathname) } })
  }, [router])
}
