import { PAGE_URL } from './page-address.ts'

/** What the window shows when its page has broken twice in a row. Plain text and a link: nothing that could break again. */
export const CRASH_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Weir</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
</style>
</head>
<body>
<main>
<h1>The window stopped working</h1>
<p>Only what you see is affected: Weir itself is running, turns are counted and limits are checked as before.</p>
<p><a href="${PAGE_URL}">Open the window again</a></p>
<p>If this keeps happening, choose <em>Open Logs Folder</em> in the Help menu; <code>weir.log</code> says what broke.</p>
</main>
</body>
</html>
`
