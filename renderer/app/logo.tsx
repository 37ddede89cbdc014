import type { ReactNode } from 'react'

/** Weir's mark: two lines of water held by a bar, and the water that goes over it. Takes the colour of the text around it. */
export function Logo({ size = 24 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" className="logo">
      <rect width="32" height="32" rx="7" className="logo-ground" />
      <g stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M5 9.5c2.2-1.8 4.4-1.8 6.6 0s4.4 1.8 6.6 0" />
        <path d="M5 15c2.2-1.8 4.4-1.8 6.6 0s4.4 1.8 6.6 0" />
        <path d="M22.5 9.5c3.3 1.2 4.2 4.6 4.2 9" strokeOpacity="0.75" />
        <path d="M5 25.5h22" strokeOpacity="0.75" />
      </g>
      <path d="M20 8.4v14.2" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
    </svg>
  )
}
