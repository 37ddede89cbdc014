/**
 * Gives the page canvases to draw on, which happy-dom lacks: every call is taken and nothing is drawn. With it the
 * charts run in tests as they do in the product; what they look like is looked at in a browser.
 */
export function giveCanvases(): void {
  HTMLCanvasElement.prototype.getContext = function getContext(this: HTMLCanvasElement) {
    const drawing = {
      canvas: this,
      measureText: (text: string) => ({ width: text.length * 6 }),
    }
    return new Proxy(drawing, {
      get: (target, name) => (name in target ? target[name as keyof typeof target] : () => undefined),
      set: () => true,
    })
    // The type has one signature for each kind of context; this one serves for all.
  } as unknown as HTMLCanvasElement['getContext']
}
