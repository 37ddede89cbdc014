import { type FileHandle, open } from 'node:fs/promises'
import { logFilesOf } from '../kernel/rotating-file.ts'

/** What is read at once. Small enough that looking at its lines takes well under a millisecond. */
const BLOCK_BYTES = 64 * 1024
const NEWLINE = 10

/**
 * The logs of a folder from their end, in blocks of whole lines, the newest block first; the lines within a block are
 * in the order they were written. The files are opened before the first is read, so that one that is put aside
 * meanwhile is neither read twice nor missed.
 */
export async function* logBlocks(folder: string): AsyncGenerator<Buffer> {
  const files = await openAll(folder)
  try {
    for (const file of files) yield* blocksOf(file)
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}

async function openAll(folder: string): Promise<readonly FileHandle[]> {
  const opened: FileHandle[] = []
  for (const path of pathsOf(folder)) {
    try {
      opened.push(await open(path, 'r'))
    } catch (error) {
      // Removed between the listing and now: the oldest, and gone for good.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
  return opened
}

function pathsOf(folder: string): readonly string[] {
  try {
    return logFilesOf(folder)
  } catch (error) {
    // Before the first line there is no folder, and so no log.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function* blocksOf(file: FileHandle): AsyncGenerator<Buffer> {
  let end = (await file.stat()).size
  let rest: Buffer = Buffer.alloc(0)
  while (end > 0) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const bytes = Buffer.alloc(end - start)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    const all = Buffer.concat([bytes.subarray(0, bytesRead), rest])
    // What stands before the first line break belongs to a line that begins in the block before.
    const cut = start === 0 ? 0 : all.indexOf(NEWLINE) + 1
    rest = cut === 0 && start > 0 ? all : all.subarray(0, cut)
    if (cut > 0 || start === 0) yield all.subarray(cut)
    end = start
  }
}
