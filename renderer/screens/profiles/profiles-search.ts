import { z } from 'zod'

/** What is open on the profiles screen, as it stands in the address. */
export const profilesSearch = z.object({
  /** Number of the profile that is edited. */
  edit: z.coerce.number().int().min(1).optional().catch(undefined),
  /** `new`, or the number of the profile a new one is like. */
  add: z
    .union([z.literal('new'), z.coerce.number().int().min(1)])
    .optional()
    .catch(undefined),
})

export type ProfilesSearch = z.output<typeof profilesSearch>
