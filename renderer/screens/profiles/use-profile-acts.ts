import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { showUndo } from '../../app/undo.tsx'
import { profilesText as text } from '../../text/profiles.ts'
import { inputOf, type Profile, type ProfileInput, valuesOf } from './profile-values.ts'

/** What can be done to a profile at once, each with the way back. */
export interface ProfileActs {
  /** Saves other fields; `onDone` is called when they are in force. */
  readonly save: (before: Profile, input: ProfileInput, onDone: () => void) => void
  readonly makeDefault: (profile: Profile) => void
  readonly setActive: (profile: Profile, isActive: boolean) => void
  readonly isSaving: boolean
}

/** The acts with their notes of success, undo and trouble. */
export function useProfileActs(profiles: readonly Profile[]): ProfileActs {
  const update = useWeirMutation('profiles.update')
  const former = profiles.find((profile) => profile.is_default)
  /** Makes a profile what it was; what was the default is it again first, because there must always be one. */
  const back = (before: Profile, wasDefault: Profile | undefined): void => {
    const asBefore = (): void =>
      update.mutate(
        { id: before.id, ...inputOf(valuesOf(before)) },
        { onSuccess: () => showDone(text.undone(before.name)), onError: showProblem },
      )
    if (wasDefault === undefined || wasDefault.id === before.id) asBefore()
    else
      update.mutate(
        { id: wasDefault.id, ...inputOf(valuesOf(wasDefault)) },
        { onSuccess: asBefore, onError: showProblem },
      )
  }
  const change = (before: Profile, input: ProfileInput, done: string, onDone?: () => void): void => {
    const wasDefault = input.is_default && !before.is_default ? former : undefined
    update.mutate(
      { id: before.id, ...input },
      {
        onSuccess: () => {
          showUndo(done, () => back(before, wasDefault))
          onDone?.()
        },
        onError: showProblem,
      },
    )
  }
  return {
    save: (before, input, onDone) => change(before, input, text.saved(input.name), onDone),
    makeDefault: (profile) =>
      change(
        profile,
        { ...inputOf(valuesOf(profile)), is_default: true, is_active: true },
        text.isDefaultNow(profile.name),
      ),
    setActive: (profile, isActive) =>
      change(
        profile,
        { ...inputOf(valuesOf(profile)), is_active: isActive },
        isActive ? text.activated(profile.name) : text.deactivated(profile.name),
      ),
    isSaving: update.isPending,
  }
}
