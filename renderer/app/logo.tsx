import type { ReactNode } from 'react'

/** Weir's mark: water held high by a bar, and the little of it that goes on behind. Takes the colour of the text around it. */
export function Logo({ size = 24 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" className="logo">
      <rect width="32" height="32" rx="7" className="logo-ground" />
      <g stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M5 8.5q2-1.8 4 0t4 0" />
        <path d="M5 14.5q2-1.8 4 0t4 0" />
        <path d="M5 20.5q2-1.8 4 0t4 0" />
        <path d="M21.5 20.5q1.6-1.8 3.2 0t3.2 0" />
      </g>
      <path d="M17.3 7v19" stroke="#fff" strokeWidth="3.6" strokeLinecap="round" />
    </svg>
  )
}
