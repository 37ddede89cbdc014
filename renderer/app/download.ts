/** How long the browser may take to begin with the file; its address is given back afterwards. */
const KEPT_MS = 60_000

/** Offers a text as a file; the browser or the window asks or knows where it goes. */
export function downloadText(name: string, content: string, type: string): void {
  downloadBytes(name, [content], type)
}

/** Offers a file made of these parts. */
export function downloadBytes(name: string, parts: readonly BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
