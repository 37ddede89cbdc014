import { z } from 'zod'

/** `page` and `section` as in the addresses of docs/; what is not there is the beginning. */
export const guideSearch = z.object({
  page: z.string().max(100).optional().catch(undefined),
  section: z.string().max(200).optional().catch(undefined),
})
