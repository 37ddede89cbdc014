/** What came of a piece of work that may take too long. */
export type Timely<Value> = { readonly kind: 'done'; readonly value: Value } | { readonly kind: 'too-late' }

/** Waits for the work, but not longer than that many milliseconds; work that is too late goes on unheard. */
export function within<Value>(work: Promise<Value>, limitMs: number): Promise<Timely<Value>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ kind: 'too-late' }), limitMs)
    work
      .then((value) => resolve({ kind: 'done', value }))
      .catch(reject)
      .finally(() => clearTimeout(timer))
  })
}
