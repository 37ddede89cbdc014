import { MantineProvider } from '@mantine/core'
import { type RenderResult, render } from '@testing-library/react'
import type { ReactNode } from 'react'

/** Renders a part of a screen with the theme around it, without transitions. */
export function renderPart(part: ReactNode): RenderResult & { readonly renew: (next: ReactNode) => void } {
  const wrapped = (children: ReactNode): ReactNode => <MantineProvider env="test">{children}</MantineProvider>
  const result = render(wrapped(part))
  return { ...result, renew: (next) => result.rerender(wrapped(next)) }
}
