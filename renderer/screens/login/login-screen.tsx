import { Alert, Button, Code, Divider, Group, Loader, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../../shared/contract/problem.ts'
import type { BrowserSession, Credential } from '../../app/browser-session.ts'
import { useBrowserSession } from '../../app/client-context.tsx'
import { Logo } from '../../app/logo.tsx'
import { text } from '../../text.ts'

/** The way in for a browser: a one-time link, or an admin token. The window needs none of it. */
export function LoginScreen(): ReactNode {
  const session = useBrowserSession()
  if (session === null) return <Navigate to="/" replace />
  return <Login session={session} />
}

function Login({ session }: { readonly session: BrowserSession }): ReactNode {
  const { code } = useSearch({ from: '/login' })
  const login = useLogin(session)
  const [token, setToken] = useState('')
  const isTried = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the code of a link works once and is tried once
  useEffect(() => {
    if (code === undefined || isTried.current) return
    isTried.current = true
    void login.attempt({ code })
  }, [code])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (token.trim() !== '') void login.attempt({ token: token.trim() })
  }
  const isLinkAtWork = code !== undefined && login.problem === null
  return (
    <div className="login">
      <Stack className="login-card panel" gap="md">
        <Group gap="sm">
          <Logo size={34} />
          <Title order={1} size="h2">
            {text.login.title}
          </Title>
        </Group>
        {isLinkAtWork ? (
          <AtWork />
        ) : (
          <TokenForm
            token={token}
            onToken={setToken}
            onSubmit={submit}
            login={login}
            isLink={code !== undefined}
          />
        )}
      </Stack>
    </div>
  )
}

interface LoginAttempt {
  readonly isBusy: boolean
  readonly problem: Problem | null
  readonly attempt: (credential: Credential) => Promise<void>
}

function useLogin(session: BrowserSession): LoginAttempt {
  const router = useRouter()
  const queries = useQueryClient()
  const { next } = useSearch({ from: '/login' })
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const attempt = async (credential: Credential): Promise<void> => {
    setBusy(true)
    const answer = await session.logIn(credential)
    setBusy(false)
    setProblem(answer.ok ? null : answer.problem)
    if (!answer.ok || !answer.value) return
    queries.clear()
    // Replaced, not pushed: neither the code nor this screen stays in the history.
    router.history.replace(inside(next))
  }
  return { isBusy, problem, attempt }
}

/** Only addresses of this page: a link must not be able to send the operator elsewhere after the login. */
function inside(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/'
}

function AtWork(): ReactNode {
  return (
    <Group gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text>{text.login.working}</Text>
    </Group>
  )
}

interface TokenFormProps {
  readonly token: string
  readonly onToken: (token: string) => void
  readonly onSubmit: (event: FormEvent) => void
  readonly login: LoginAttempt
  /** Whether a login link led here; then a failure is that of the link. */
  readonly isLink: boolean
}

function TokenForm({ token, onToken, onSubmit, login, isLink }: TokenFormProps): ReactNode {
  const { problem } = login
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="md">
        {problem !== null && (
          <Alert color="red" title={isLink && token === '' ? text.login.linkUsed : problem.title}>
            {isLink && token === '' && problem.status === 401 ? text.login.linkUsedHint : problem.detail}
          </Alert>
        )}
        <div>
          <Text mb={6}>{text.login.hint}</Text>
          <Code block>{text.login.command}</Code>
        </div>
        <Divider label={text.login.or} />
        <PasswordInput
          label={text.login.token}
          placeholder={text.login.placeholder}
          value={token}
          onChange={(event) => onToken(event.currentTarget.value)}
          autoComplete="current-password"
          autoFocus
        />
        <Button type="submit" loading={login.isBusy} disabled={token.trim() === ''}>
          {text.login.submit}
        </Button>
      </Stack>
    </form>
  )
}
