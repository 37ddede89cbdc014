import { Alert, Anchor, Autocomplete, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import styles from './enforcement.module.css'
import { limitIn } from './override-form.tsx'

type Explanation = OperationOutput<'limits.explain'>

const text = enforcementScreenText.tester
/** Typing settles before users are searched. */
const TYPING_MS = 200
/** Users offered while one types. */
const OFFERED = 8

/** What `TesterPanel` takes. */
export interface TesterPanelProps {
  /** The user in question, from the address. */
  readonly userId: string | undefined
  readonly onUser: (userId: string) => void
}

/** May this user run a turn now, and by which rule not? Asks the function that decides; counts nothing. */
export function TesterPanel({ userId, onUser }: TesterPanelProps): ReactNode {
  const [typed, setTyped] = useState(userId ?? '')
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const [input, setInput] = useState('')
  const [output, setOutput] = useState('')
  const [asked, setAsked] = useState<{ readonly input: number; readonly output: number }>({
    input: 0,
    output: 0,
  })
  const users = useWeirQuery(
    'users.list',
    { search, limit: OFFERED },
    { enabled: search !== '', refresh: false },
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setAsked({ input: limitIn(input) ?? 0, output: limitIn(output) ?? 0 })
    if (typed.trim() !== '') onUser(typed.trim())
  }
  return (
    <Panel title={text.title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {text.hint}
          </Text>
          <Cap />
          <Group gap="sm" align="flex-end">
            <Autocomplete
              label={text.user}
              value={typed}
              onChange={setTyped}
              data={(users.data?.users ?? []).map((user) => user.id)}
              filter={({ options }) => options}
              maxLength={128}
              flex="2 1 12rem"
            />
            <TextInput
              label={text.input}
              inputMode="numeric"
              value={input}
              onChange={(event) => setInput(event.currentTarget.value)}
              error={limitIn(input) === undefined}
              flex="1 1 9rem"
            />
            <TextInput
              label={text.output}
              inputMode="numeric"
              value={output}
              onChange={(event) => setOutput(event.currentTarget.value)}
              error={limitIn(output) === undefined}
              flex="1 1 9rem"
            />
            <Button type="submit" disabled={typed.trim() === ''}>
              {text.ask}
            </Button>
          </Group>
        </Stack>
      </form>
      {userId === undefined ? null : <Answer userId={userId} {...asked} />}
    </Panel>
  )
}

/** How much one check may keep from others of its user, whatever it estimates. */
function Cap(): ReactNode {
  const navigate = useNavigate()
  const { data } = useWeirQuery('enforcement.get', {})
  if (data === undefined) return null
  const { max_tokens: most, minutes } = data.reservations
  return (
    <Text size="sm" c="dimmed">
      {text.cap(formatCount(most), minutes)}{' '}
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => void navigate({ to: '/settings', search: {} })}
      >
        {text.changeCap}
      </Anchor>
    </Text>
  )
}

function Answer({
  userId,
  input,
  output,
}: {
  readonly userId: string
  readonly input: number
  readonly output: number
}): ReactNode {
  const navigate = useNavigate()
  const explained = useWeirQuery(
    'limits.explain',
    { user_id: userId, estimated_input_tokens: input, estimated_output_tokens: output },
    { keepPrevious: false },
  )
  if (explained.error !== null && explained.data === undefined) {
    return (
      <Alert color="red" title={explained.error.title} mt="md">
        {explained.error.detail}
      </Alert>
    )
  }
  if (explained.data === undefined) return null
  const { reservation: kept } = explained.data
  const isCut = kept.input_tokens + kept.output_tokens > 0 && Math.max(input, output) > kept.max_tokens
  return (
    <div className={styles.answer} role="status">
      <Verdict answer={explained.data} />
      {input + output === 0 ? null : (
        <Text size="sm" mb="xs">
          {text.reserves(formatCount(kept.input_tokens), formatCount(kept.output_tokens), isCut)}
        </Text>
      )}
      <ol className={styles.rules}>
        {explained.data.rules.map((rule) => (
          <Rule key={rule.rule} rule={rule} />
        ))}
      </ol>
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => void navigate({ to: '/user', search: { id: userId } })}
      >
        {text.openUser}
      </Anchor>
    </div>
  )
}

function Verdict({ answer }: { readonly answer: Explanation }): ReactNode {
  const Icon = answer.allowed ? IconCheck : IconX
  return (
    <div className={styles.verdict} data-allowed={answer.allowed}>
      <Icon size={22} aria-hidden />
      <div className={styles.stateText}>
        <p>
          <strong>{answer.allowed ? text.yes : text.no}</strong>
          {answer.code === null ? null : <code className={styles.code}>{answer.code}</code>}
        </p>
        <p>{answer.allowed ? answer.detail : `${text.told} ${answer.detail}`}</p>
      </div>
    </div>
  )
}

const RESULTS = {
  passes: { icon: IconCheck, word: text.passes },
  refuses: { icon: IconX, word: text.refuses },
  'not-asked': { icon: IconMinus, word: text.notAsked },
} as const

function Rule({ rule }: { readonly rule: Explanation['rules'][number] }): ReactNode {
  const { icon: Icon, word } = RESULTS[rule.result]
  return (
    <li className={styles.rule} data-result={rule.result}>
      <Icon size={16} aria-hidden className={styles.ruleIcon} />
      <span className={styles.ruleName}>{text.rules[rule.rule]}</span>
      <span className={styles.ruleWord}>{word}</span>
      <span className={styles.ruleDetail}>{rule.detail}</span>
    </li>
  )
}
