/** The login screen of the browser. */
export const loginText = {
  title: 'Log in to Weir',
  working: 'Logging in …',
  hint: 'Run this where Weir runs; it prints a link that logs you in once:',
  command: 'weir login',
  or: 'or paste an admin token',
  token: 'Admin token',
  placeholder: 'weir_…',
  submit: 'Log in',
  linkUsed: 'The link did not work',
  linkUsedHint:
    'A login link works once and only for a short time. Ask for a new one, or paste an admin token.',
} as const
