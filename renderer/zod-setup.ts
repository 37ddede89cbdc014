import { config } from 'zod'

// MUST be the first import of the page: zod 4 otherwise probes `new Function`, which the
// Content-Security-Policy forbids and the browser reports as a violation.
config({ jitless: true })
