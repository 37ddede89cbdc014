/** What each step of a restore does, as it is shown while it goes on: on the screen, and in the window of a start that recovers. */
export const RESTORE_STEP_NAMES = {
  validate: 'Prove the backup',
  safety_backup: 'Back up what is there now',
  stage: 'Prepare a working copy',
  carry_forward: 'Take along what is newer than the backup',
  replay_files: 'Read the session files',
  fence: 'Ask everybody to wait',
  recompute: 'Add everything up again',
  check: 'Look at all of it',
  swap: 'Change places',
  reopen: 'Serve again',
} as const
