import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { FileTotals } from './file-totals.ts'
import type { LedgerImport } from './ledger-port.ts'

type Report = NonNullable<OperationOutput<'import.get'>['report']>

/** The users an import meets: whom Weir knew before, and whose figures came back otherwise. */
export class ImportedUsers {
  readonly #ledger: Pick<LedgerImport, 'usersKnown'>
  /** The name Weir had for them, or null for nobody. */
  readonly #names = new Map<string, string | null>()
  readonly #inexact = new Set<string>()

  constructor(ledger: Pick<LedgerImport, 'usersKnown'>) {
    this.#ledger = ledger
  }

  /** MUST be called before anything is written of them. */
  async note(userIds: readonly string[]): Promise<void> {
    const unmet = [...new Set(userIds)].filter((id) => !this.#names.has(id))
    if (unmet.length === 0) return
    const known = await this.#ledger.usersKnown(unmet)
    for (const id of unmet) this.#names.set(id, known.get(id) ?? null)
  }

  noteInexact(userIds: readonly string[]): void {
    for (const id of userIds) this.#inexact.add(id)
  }

  /** Those with the most tokens first. */
  report(sums: ReturnType<FileTotals['byUser']>, isValidated: boolean): Report['by_user'] {
    return sums
      .toSorted((one, other) => tokensOf(other) - tokensOf(one))
      .map((sum) => ({
        user_id: sum.userId,
        username: this.#names.get(sum.userId) ?? null,
        turns: sum.turns,
        input_tokens: sum.inputTokens,
        output_tokens: sum.outputTokens,
        is_exact: isValidated ? !this.#inexact.has(sum.userId) : null,
      }))
  }
}

function tokensOf(sum: { readonly inputTokens: number; readonly outputTokens: number }): number {
  return sum.inputTokens + sum.outputTokens
}
