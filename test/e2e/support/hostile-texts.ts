/** Sixty texts that somebody may call a user, a session or a model, each of which has broken some page somewhere. */

const RUN = 'window.hacked=1'

const MARKUP = [
  `<script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `</script><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}"//`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
  `<body onload=${RUN}>`,
  `<iframe src="javascript:${RUN}">`,
  `<iframe srcdoc="<script>${RUN}</script>">`,
  `<a href="javascript:${RUN}">click</a>`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<style>*{display:none}</style>`,
  `<link rel=stylesheet href=//example.org/x.css>`,
  `<meta http-equiv=refresh content="0;url=//example.org">`,
  `<base href="//example.org/">`,
  `<form action="//example.org"><button>go</button></form>`,
  `<template><script>${RUN}</script></template>`,
  `<!-- a comment that never ends`,
  `<![CDATA[<script>${RUN}</script>]]>`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;script&#62;${RUN}`,
  `\\u003cscript\\u003e${RUN}`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `" onmouseover="${RUN}`,
  `' onmouseover='${RUN}`,
  '` onmouseover=`',
  `"><script>${RUN}</script>`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
] as const

const CODE = [
  `{{constructor.constructor("${RUN}")()}}`,
  `\${${RUN}}`,
  `<%= ${RUN} %>`,
  `#{${RUN}}`,
  `'; DROP TABLE users; --`,
  `" OR ""="`,
  '=HYPERLINK("http://example.org","x")',
  '@SUM(1+1)*cmd|calc',
  '../../../../etc/passwd',
  'C:\\Windows\\System32\\drivers',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'NaN',
] as const

const WRITING = [
  '\u202egnirts desrever\u202c and back',
  'עברית العربية فارسی',
  '\u2067right to left, isolated\u2069',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇺🇳',
  'Z̸̛͔a̷̡͝l̶̢̈g̸̙̋o̵͇͐',
  '你好，世界 こんにちは 안녕하세요',
  'ﬁ ﬂ ẞ İ ı ŉ',
  'zero\u200bwidth\u200dspace\ufeff',
  'two\nlines\tand a tab',
  'Wolfeschlegelsteinhausenbergerdorff'.repeat(5),
] as const

export const HOSTILE_TEXTS: readonly string[] = [...MARKUP, ...CODE, ...WRITING]
