import { useWeirQuery } from '../../app/queries.ts'
import { accessText } from '../../text/access.ts'

/** Stands for the default profile: whichever that is at the time. */
export const DEFAULT_PROFILE = 'none'

/** The profiles to choose from, the default one first. */
export function useProfileChoices(): readonly { readonly value: string; readonly label: string }[] {
  const profiles = useWeirQuery('profiles.list', {}, { refresh: false }).data?.profiles ?? []
  const name = profiles.find((profile) => profile.is_default)?.name
  return [
    { value: DEFAULT_PROFILE, label: accessText.form.defaultProfile(name) },
    ...profiles.map((profile) => ({ value: String(profile.id), label: profile.name })),
  ]
}

/** A choice as an operation takes it. */
export function profileIdOf(choice: string): number | null {
  return choice === DEFAULT_PROFILE ? null : Number(choice)
}
