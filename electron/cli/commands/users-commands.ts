import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { counted, table } from '../table.ts'
import { valueFrom, type WeirConnection } from '../weir-connection.ts'
import { usersDeleteCommand } from './users-delete-command.ts'
import { usersExportCommand, usersImportCommand } from './users-file-commands.ts'

interface AddOptions {
  readonly username: string
  readonly email?: string
  readonly profile?: string
  readonly admin?: boolean
}

/** The most users the operation answers at once; far above what one operator looks after. */
const USERS_MAX = 10_000

/** `weir users …` */
export function usersCommands(context: CliContext): Command {
  return new Command('users')
    .description('The users and what they may consume')
    .addCommand(listCommand(context))
    .addCommand(addCommand(context))
    .addCommand(setProfileCommand(context))
    .addCommand(activeCommand(context, 'deactivate'))
    .addCommand(activeCommand(context, 'activate'))
    .addCommand(usersDeleteCommand(context))
    .addCommand(usersImportCommand(context))
    .addCommand(usersExportCommand(context))
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('List the users by name')
    .option('--search <text>', 'only users whose name, id or e-mail has this in it')
    .action(async (_options: object, self: Command) => {
      const { search } = optionsOf<{ search?: string }>(self)
      await withConnection(context, self, async (connection, output) => {
        const page = valueFrom(
          await connection.call('users.list', {
            limit: USERS_MAX,
            ...(search === undefined ? {} : { search }),
          }),
        )
        if (output.isJson) output.json(page)
        else output.text(page.users.length === 0 ? noUsers(search) : userTable(page.users))
        if (page.users.length < page.total_count) {
          output.say(
            `Only the first ${counted(page.users.length, 'user')} of ${page.total_count} are listed; use --search.`,
          )
        }
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir users list', what: 'everybody' },
    { line: 'weir users list --search ali --json', what: 'some, for a program' },
  ])
}

function noUsers(search: string | undefined): string {
  return search === undefined
    ? 'There are no users yet. Add one with "weir users add", or import session files with "weir import".'
    : `No user has "${search}" in name, id or e-mail.`
}

function userTable(users: OperationOutput<'users.list'>['users']): string {
  return table(
    [
      { title: 'ID' },
      { title: 'USERNAME' },
      { title: 'E-MAIL' },
      { title: 'PROFILE' },
      { title: 'ACTIVE' },
      { title: 'ADMIN' },
    ],
    users.map((user) => [
      user.id,
      user.username,
      user.email ?? '',
      user.profile_name ?? '',
      user.is_active ? 'yes' : 'no',
      user.is_admin ? 'yes' : '',
    ]),
  )
}

function addCommand(context: CliContext): Command {
  const command = new Command('add')
    .description('Add a user')
    .argument('<id>', 'the id the agent knows the user by')
    .requiredOption('--username <name>', 'the name shown on screens')
    .option('--email <address>', 'e-mail address')
    .option('--profile <profile>', 'name or id of the profile; without it the default profile')
    .option('--admin', 'the user is an administrator of the platform')
    .action(async (id: string, _options: object, self: Command) => {
      const options = optionsOf<AddOptions>(self)
      await withConnection(context, self, async (connection, output) => {
        const profileId =
          options.profile === undefined ? undefined : await profileIdOf(connection, options.profile)
        const user = valueFrom(
          await connection.call('users.create', {
            id,
            username: options.username,
            ...(options.email === undefined ? {} : { email: options.email }),
            ...(profileId === undefined ? {} : { consumption_profile_id: profileId }),
            ...(options.admin ? { is_admin: true } : {}),
          }),
        )
        if (output.isJson) output.json(user)
        else
          output.text(
            `Added ${user.id} (${user.username}) with the profile ${user.profile_name ?? 'by default'}.`,
          )
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir users add alice --username Alice', what: 'with the default profile' },
    {
      line: 'weir users add bob --username Bob --email bob@example.org --profile Pro',
      what: 'with another one',
    },
  ])
}

function setProfileCommand(context: CliContext): Command {
  const command = new Command('set-profile')
    .description('Give a user another profile; in force with the next check')
    .argument('<id>', 'id of the user')
    .argument('<profile>', 'name or id of the profile')
    .action(async (id: string, profile: string, _options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const profileId = await profileIdOf(connection, profile)
        const user = valueFrom(await connection.call('users.setProfile', { id, profile_id: profileId }))
        if (output.isJson) output.json(user)
        else output.text(`${user.id} now has the profile ${user.profile_name ?? profile}.`)
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir users set-profile alice Pro', what: 'by name' },
    { line: 'weir users set-profile alice 2', what: 'by id, as "weir profiles list" shows it' },
  ])
}

function activeCommand(context: CliContext, name: 'activate' | 'deactivate'): Command {
  const isActive = name === 'activate'
  const command = new Command(name)
    .description(
      isActive
        ? 'Let a user run turns again, from the next check'
        : 'Refuse every turn of a user, from the next check; what was recorded stays',
    )
    .argument('<id>', 'id of the user')
    .action(async (id: string, _options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const user = valueFrom(await connection.call('users.update', { id, is_active: isActive }))
        if (output.isJson) output.json(user)
        else
          output.text(isActive ? `${user.id} may run turns again.` : `${user.id} may run no turn any more.`)
        return EXIT.fine
      })
    })
  return withExamples(command, [{ line: `weir users ${name} alice`, what: 'the user with the id alice' }])
}

/**
 * The id behind what somebody typed: a profile of that name (capitals do not matter), else of that id.
 * Errors: `profile_unknown`.
 */
async function profileIdOf(connection: WeirConnection, typed: string): Promise<number> {
  const { profiles } = valueFrom(await connection.call('profiles.list', {}))
  const wanted = typed.trim().toLowerCase()
  const found =
    profiles.find((profile) => profile.name.toLowerCase() === wanted) ??
    profiles.find((profile) => String(profile.id) === wanted)
  if (found !== undefined) return found.id
  const names = profiles.map((profile) => profile.name).join(', ')
  throw new WeirError('profile_unknown', `There is no profile "${typed}". There are: ${names}.`)
}
