import type { OperationOutput, ParsedInput } from '../../shared/contract/index.ts'

/** What retrieval brought. */
export interface IntelligenceApi {
  /** Errors: `user_unknown`. */
  summary(query: ParsedInput<'intelligence.summary'>): Promise<OperationOutput<'intelligence.summary'>>
}
