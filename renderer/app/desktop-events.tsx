import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { desktopBridge } from './desktop.ts'
import { useOpenGuide } from './open-guide.ts'
import { openPalette } from './open-palette.ts'
import { refreshScreen } from './refresh.tsx'

/** Does what the native menu and the operating system ask of the page. Nothing in a browser. */
export function DesktopEvents({ onShowShortcuts }: { readonly onShowShortcuts: () => void }): null {
  const router = useRouter()
  const queries = useQueryClient()
  const openGuide = useOpenGuide()
  const showShortcuts = useRef(onShowShortcuts)
  useEffect(() => {
    showShortcuts.current = onShowShortcuts
  })
  useEffect(
    () =>
      desktopBridge()?.onEvent((event) => {
        switch (event.kind) {
          case 'go':
            router.history.push(event.path)
            return
          case 'refresh':
            void refreshScreen(queries)
            return
          case 'show':
            if (event.what === 'palette') openPalette()
            else if (event.what === 'guide') openGuide()
            else showShortcuts.current()
            return
          case 'change':
            // The live screens hear these themselves.
            return
          default:
            // A kind added to the bridge does not compile until it has a case here.
            event satisfies never
        }
      }),
    [router, queries, openGuide],
  )
  return null
}
