import { Navigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useStatus } from './status.ts'

/** Leads to the first-run screen on an empty data folder, else to the dashboard. Shows nothing itself. */
export function StartScreen(): ReactNode {
  const status = useStatus()
  if (status.data !== undefined)
    return <Navigate to={status.data.first_run ? '/welcome' : '/dashboard'} replace />
  // Weir does not answer: the shell says so and asks again, the dashboard has the place for the figures.
  if (status.error !== null) return <Navigate to="/dashboard" replace />
  return null
}
