/** Why links are left out, wherever one is met. */
export const LINK_PROBLEM =
  'This is a link; Weir does not follow links, because they can lead out of the folder.'

/** What the system said about a file or folder, as a sentence; a fault that is not the system's is thrown on. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error
  switch (code) {
    case 'ENOENT':
      return 'It disappeared while Weir was reading the folder.'
    case 'EACCES':
    case 'EPERM':
      return 'Weir is not allowed to read it; check its permissions.'
    case 'ELOOP':
      return LINK_PROBLEM
    case 'ENXIO':
    case 'ENOTDIR':
      return 'This is not a regular file.'
    default:
      return `The system could not read it (${code}).`
  }
}
