/** Style of the documentation page; follows the system into the dark. */
export const DOCS_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1a1f24, #e4e8ec);
  --dim: light-dark(#57606a, #9aa4ae);
  --line: light-dark(#d5dadf, #363d44);
  --raised: light-dark(#f4f6f8, #1e2429);
  --page: light-dark(#ffffff, #14181c);
  --accent: light-dark(#0b6bcb, #6cb2f7);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 78rem; padding: 1.5rem; display: grid; gap: 0 2.5rem;
  grid-template: "header header" auto "nav main" 1fr / 16rem minmax(0, 1fr);
  font: 15px/1.55 system-ui, sans-serif; color: var(--text); background: var(--page);
}
header { grid-area: header; border-bottom: 1px solid var(--line); }
nav { grid-area: nav; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1rem 0; }
nav h2 { font-size: .8rem; text-transform: uppercase; color: var(--dim); margin: 1rem 0 .2rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
main { grid-area: main; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
article { border: 1px solid var(--line); border-radius: 8px; padding: 0 1.2rem 1rem; margin: 1.2rem 0; scroll-margin-top: 1rem; }
code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.method { color: var(--accent); font-weight: 700; }
.example { position: relative; }
.example pre { background: var(--raised); border-radius: 6px; padding: .8rem 5rem .8rem 1rem; white-space: pre-wrap; }
.example button { position: absolute; top: .5rem; right: .5rem; font: inherit; cursor: pointer; }
table { border-collapse: collapse; width: 100%; font-size: .92em; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; }
summary { cursor: pointer; color: var(--accent); }
h5 { margin: 1rem 0 0; font-size: 1rem; }
h5 + p { margin: 0; }
@media (max-width: 50rem) {
  body { grid-template: "header" auto "main" 1fr / minmax(0, 1fr); }
  nav { display: none; }
}
`

/** Copies an example; without a clipboard it selects the text, which a person can copy. */
export const DOCS_SCRIPT = `for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const example = button.previousElementSibling
    try {
      await navigator.clipboard.writeText(example.textContent)
      button.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(example)
      button.textContent = 'Press Ctrl+C'
    }
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
}
`
