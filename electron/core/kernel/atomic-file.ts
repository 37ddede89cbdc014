import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Only the operator's account reads what Weir writes. */
const PRIVATE_FILE = 0o600

/**
 * Replaces a file so that a reader, or the machine after a power cut, finds the old text or the new one and never
 * half of one. The file is readable by its owner only. The folder must exist; errors are those of the file system.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeDurably(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(text)
    // The rename must not become durable before the text it points to.
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the new name durable. Windows cannot open a folder for that, and its rename is journalled. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
