import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { text } from '../text.ts'
import { copyText } from './copy.ts'

/** What a developer needs of an error, as text. */
function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Stands where a screen broke; the shell around it goes on. */
export function ErrorScreen({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Stack className="message-screen" gap="md" role="alert">
      <Title order={2}>{text.app.screenBroke}</Title>
      <Text>{text.app.screenBrokeHint}</Text>
      <Code block>{messageOf(error)}</Code>
      <Group gap="sm">
        <Button onClick={reset}>{text.app.retry}</Button>
        <Button variant="default" onClick={() => void copyText(detailsOf(error), text.app.copyDetails)}>
          {text.app.copyDetails}
        </Button>
      </Group>
    </Stack>
  )
}

/** Stands where an address leads nowhere. */
export function NotFoundScreen(): ReactNode {
  return (
    <Stack className="message-screen" gap="md">
      <Title order={2}>{text.app.notFound}</Title>
      <Text>{text.app.notFoundHint}</Text>
      <Group>
        <Button renderRoot={(props) => <Link to="/dashboard" {...props} />}>{text.app.toDashboard}</Button>
      </Group>
    </Stack>
  )
}

interface BoundaryState {
  readonly error: unknown
}

/** The last net: the shell itself broke. It uses nothing that could have broken with it, not even the theme. */
export class AppErrorBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: null }

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    // The window's console goes to the log of the shell; there is no other way out of a broken page.
    console.error('The page broke', error, info.componentStack)
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <div className="message-screen" role="alert">
        <h1>{text.app.appBroke}</h1>
        <p>{text.app.appBrokeHint}</p>
        <pre>{messageOf(this.state.error)}</pre>
        <button type="button" onClick={() => window.location.reload()}>
          {text.app.reload}
        </button>
      </div>
    )
  }
}
