import { text } from '../text.ts'
import { showDone } from './notify.ts'

/** Puts text on the clipboard and says so; `thing` begins the sentence ("The API address"). */
export async function copyText(content: string, thing: string): Promise<void> {
  const done = (await writeClipboard(content)) || copyBySelection(content)
  showDone(done ? text.app.copiedThing(thing) : text.app.copyFailed)
}

async function writeClipboard(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content)
    return true
  } catch (error) {
    // Refused by a permission or absent outside a secure context: the old way is tried next.
    if (error instanceof DOMException || error instanceof TypeError) return false
    throw error
  }
}

/** The way of before the clipboard API; works wherever a click led here. */
function copyBySelection(content: string): boolean {
  const field = document.createElement('textarea')
  field.value = content
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  return done
}
