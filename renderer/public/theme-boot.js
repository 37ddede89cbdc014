// Runs before anything is painted: without it a dark console would flash white. It is a file of its own because
// the Content-Security-Policy allows no script in the page. The key is that of app/theme.ts.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('weir.theme')
  } catch {
    // Storage is refused: the theme of the system is the right guess.
    chosen = null
  }
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
})()
