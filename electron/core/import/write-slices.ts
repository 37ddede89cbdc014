import { PIECE_TURNS_MAX, type SessionPiece } from '../sessions/scan-sessions.ts'

/** Cuts pieces into slices of at most `PIECE_TURNS_MAX` turns, whole pieces each. */
export function slicesOf(pieces: readonly SessionPiece[]): SessionPiece[][] {
  const slices: SessionPiece[][] = []
  let slice: SessionPiece[] = []
  let turns = 0
  for (const piece of pieces) {
    // A session without turns is work for the ledger too.
    const weight = Math.max(1, piece.session.turns.length)
    if (slice.length > 0 && turns + weight > PIECE_TURNS_MAX) {
      slices.push(slice)
      slice = []
      turns = 0
    }
    slice.push(piece)
    turns += weight
  }
  if (slice.length > 0) slices.push(slice)
  return slices
}
