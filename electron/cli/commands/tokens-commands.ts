import { Command, InvalidArgumentError, Option } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { table } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'
import { tokensRotateCommand } from './tokens-rotate-command.ts'

interface CreateOptions {
  readonly name: string
  readonly scope: 'executor' | 'user' | 'admin'
  readonly user?: string
  readonly expires?: string
}

/** `weir tokens …` */
export function tokensCommands(context: CliContext): Command {
  return new Command('tokens')
    .description('The access tokens programs call Weir with')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(tokensRotateCommand(context, tokenId))
    .addCommand(revokeCommand(context))
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('Make an access token and print it, and nothing else, on stdout; it cannot be shown again')
    .requiredOption('--name <name>', 'what it is for, to recognise it by')
    .addOption(
      new Option('--scope <scope>', 'what it may do: check and record, read one user, or everything')
        .choices(['executor', 'user', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--user <id>', 'the user a token of scope "user" belongs to')
    .option('--expires <time>', 'when it stops working, like 2027-01-31T00:00:00Z; without it never')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<CreateOptions>(self)
      await withConnection(context, self, async (connection, output) => {
        const token = valueFrom(
          await connection.call('tokens.create', {
            name: options.name,
            scope: options.scope,
            ...(options.user === undefined ? {} : { user_id: options.user }),
            ...(options.expires === undefined ? {} : { expires_at: options.expires }),
          }),
        )
        if (output.isJson) output.json(token)
        else output.text(token.token)
        output.say(
          `Keep this token safe: Weir stores only its hash. "weir tokens revoke ${token.id}" ends it.`,
        )
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir tokens create --name agent --scope executor', what: 'for the agent' },
    { line: 'weir tokens create --name alice --scope user --user alice', what: 'to read one user only' },
    { line: 'TOKEN=$(weir tokens create --name ci --scope admin)', what: 'in a script' },
  ])
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('List the tokens, without their secrets')
    .option('--all', 'revoked ones too')
    .action(async (_options: object, self: Command) => {
      const { all } = optionsOf<{ all?: boolean }>(self)
      await withConnection(context, self, async (connection, output) => {
        const answer = valueFrom(await connection.call('tokens.list', all ? { include_revoked: true } : {}))
        if (output.isJson) output.json(answer)
        else output.text(answer.tokens.length === 0 ? NO_TOKENS : tokenTable(answer.tokens))
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir tokens list', what: 'those that work' },
    { line: 'weir tokens list --all --json', what: 'also those that worked once' },
  ])
}

const NO_TOKENS =
  'There are no tokens. Make one for the agent: weir tokens create --name agent --scope executor'

interface TokenRow {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly scope: string
  readonly user_id: string | null
  readonly created_at: string
  readonly last_used_at: string | null
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

function tokenTable(tokens: readonly TokenRow[]): string {
  return table(
    [
      { title: 'ID', isNumeric: true },
      { title: 'NAME' },
      { title: 'STARTS WITH' },
      { title: 'SCOPE' },
      { title: 'USER' },
      { title: 'CREATED' },
      { title: 'LAST USED' },
      { title: 'ENDS' },
    ],
    tokens.map((token) => [
      String(token.id),
      token.name,
      token.prefix,
      token.scope,
      token.user_id ?? '',
      token.created_at,
      token.last_used_at ?? 'never',
      token.revoked_at === null ? (token.expires_at ?? 'never') : `revoked ${token.revoked_at}`,
    ]),
  )
}

function revokeCommand(context: CliContext): Command {
  const command = new Command('revoke')
    .description('Revoke a token; the next request with it is refused')
    .argument('<id>', 'number of the token, as "weir tokens list" shows it', tokenId)
    .action(async (id: number, _options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const token = valueFrom(await connection.call('tokens.revoke', { id }))
        if (output.isJson) output.json(token)
        else output.text(`Revoked the token ${token.id} (${token.name}).`)
        return EXIT.fine
      })
    })
  return withExamples(command, [{ line: 'weir tokens revoke 3', what: 'the token with the number 3' }])
}

function tokenId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number, as "weir tokens list" shows it.')
}
