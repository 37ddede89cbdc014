import type { PaddedBytes } from './json-skip.ts'

/** Zero bytes behind the content, so that words can be read across its end. */
const PADDING_BYTES = 8

/** What is taken beyond the need; more would cost a large file more than asking again. */
const SPARE_BYTES_MAX = 4 * 1024 * 1024

/** Memory for the content of one file after the other; grows to the largest. */
export class FileBytes implements PaddedBytes {
  #bytes = new Uint8Array(64 * 1024)
  #words = new Int32Array(this.#bytes.buffer)
  #length = 0

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get words(): Int32Array {
    return this.#words
  }

  get length(): number {
    return this.#length
  }

  /** The content alone; valid until the next `reserve`. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Memory to put `length` bytes into; what was there is gone. */
  reserve(length: number): Uint8Array {
    const needed = length + PADDING_BYTES
    if (needed > this.#bytes.length) {
      // A multiple of four, as words need; somewhat more than needed, so that slowly growing files do not each ask anew.
      this.#bytes = new Uint8Array(Math.ceil((needed + Math.min(needed, SPARE_BYTES_MAX)) / 4) * 4)
      this.#words = new Int32Array(this.#bytes.buffer)
    }
    this.#length = length
    this.#bytes.fill(0, length, needed)
    return this.#bytes.subarray(0, length)
  }
}
