// How the page of a report looks: light and dark, wide and narrow, on paper.
import { sheet, sheetJoined, sheetWord, styleElement, type CssText } from '../write/html.ts'

/**
 * Texts have a contrast of 4.5:1 and more with what is behind them, in both schemes (WCAG 2.2, AA); a test measures it.
 */
export const COLOURS = {
  light: {
    page: '#f6f7f9',
    card: '#ffffff',
    text: '#1b1f24',
    faint: '#57606a',
    line: '#d0d7de',
    link: '#0550ae',
    pass: '#116329',
    passBack: '#e6f4ea',
    error: '#a40e26',
    errorBack: '#ffebe9',
    warning: '#7a4d00',
    warningBack: '#fff4d6',
    unknown: '#6639a6',
    unknownBack: '#f3e8fd',
    note: '#0550ae',
    noteBack: '#e7f2ff',
    accepted: '#57606a',
    acceptedBack: '#eef0f2',
  },
  dark: {
    page: '#0d1117',
    card: '#161b22',
    text: '#e6edf3',
    faint: '#9ea7b3',
    line: '#30363d',
    link: '#79b8ff',
    pass: '#5fd47f',
    passBack: '#12261a',
    error: '#ff9389',
    errorBack: '#331517',
    warning: '#f0c159',
    warningBack: '#2e2410',
    unknown: '#d2a8ff',
    unknownBack: '#271a3a',
    note: '#79b8ff',
    noteBack: '#0f2440',
    accepted: '#9ea7b3',
    acceptedBack: '#21262d',
  },
} as const

const variables = (scheme: Readonly<Record<string, string>>): CssText =>
  sheetJoined(
    Object.entries(scheme).map(([name, colour]) => sheet`--${sheetWord(name)}:${sheetWord(colour)}`),
    sheet`;`,
  )
const STATUSES = ['pass', 'error', 'warning', 'unknown', 'note', 'accepted'] as const

function statusRules(status: (typeof STATUSES)[number]): CssText {
  const name = sheetWord(status)
  return sheetJoined([
    sheet`.${name}{color:var(--${name})}`,
    sheet`.matrix td.${name},.badge.${name}{background:var(--${name}Back)}`,
    sheet`.tiles li.${name},.finding.${name}{border-left-color:var(--${name})}`,
  ])
}

export const STYLE = styleElement(sheet`
:root{color-scheme:light dark;${variables(COLOURS.light)}}
@media (prefers-color-scheme:dark){:root{${variables(COLOURS.dark)}}}
*{box-sizing:border-box}
body{
  margin:0;background:var(--page);color:var(--text);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif
}
main,header,footer{max-width:86rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.75rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem}
p{margin:.35rem 0}
a{color:var(--link)}
.faint{color:var(--faint)}
.verdict{font-size:1.1rem;margin:.5rem 0 0}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0 0;padding:0;list-style:none}
.tiles li{
  background:var(--card);border:1px solid var(--line);border-left:5px solid var(--line);border-radius:8px;
  padding:.6rem 1rem;min-width:8.5rem
}
.tiles b{display:block;font-size:1.6rem;line-height:1.2}
nav{margin-top:1rem;display:flex;gap:1.25rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
.scroll:focus-visible{outline:2px solid var(--link)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-bottom:1px solid var(--line)}
thead th{white-space:nowrap;color:var(--faint);font-weight:600;border-bottom:2px solid var(--line)}
tbody th{font-weight:600}
.matrix tbody th{min-width:8rem;max-width:15rem;overflow-wrap:break-word}
tbody:last-child tr:last-child>*{border-bottom:0}
.matrix tbody{border-top:2px solid var(--line)}
.matrix .name{background:var(--card);position:sticky;left:0;border-right:1px solid var(--line)}
.matrix td{min-width:6.75rem}
.matrix small{display:block;color:var(--faint);font-size:.8rem;overflow-wrap:break-word;line-height:1.35}
.state{font-weight:600;white-space:nowrap}
.state i{font-style:normal;display:inline-block;width:1.2em;text-align:center}
${sheetJoined(STATUSES.map(statusRules), sheet`\n`)}
.none{color:var(--faint)}
td a{color:inherit}
.legend{
  display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;margin:.6rem 0 0;padding:0;
  list-style:none;font-size:.85rem;color:var(--faint)
}
.finding{
  background:var(--card);border:1px solid var(--line);border-left:5px solid var(--line);border-radius:8px;
  padding:.8rem 1rem;margin:.75rem 0;color:var(--text);break-inside:avoid
}
.finding h3{font-size:1rem;margin:0 0 .35rem;display:flex;flex-wrap:wrap;gap:.25rem .6rem;align-items:baseline}
.finding h3 code{font-size:.85rem;font-weight:400;color:var(--faint)}
.finding:target{outline:2px solid var(--link)}
.badge{border-radius:999px;padding:.05rem .6rem;font-size:.8rem;font-weight:600;white-space:nowrap}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem;margin:.5rem 0 0;font-size:.9rem}
dt{color:var(--faint)}
dd{margin:0;overflow-wrap:anywhere;min-width:0}
code{font-family:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;font-size:.88em}
footer{padding-top:1rem;padding-bottom:2.5rem;color:var(--faint);font-size:.85rem}
@media (max-width:40rem){
  main,header,footer{padding-left:.75rem;padding-right:.75rem}
  .tiles li{min-width:0;flex:1 1 7rem}
  dl{grid-template-columns:1fr}
  dt{margin-top:.35rem}
  th,td{padding:.35rem .5rem}
  .matrix tbody th{min-width:6rem;max-width:8rem}
}
@media print{
  :root{${variables({ ...COLOURS.light, page: '#ffffff' })}}
  body{font-size:10pt}
  .scroll{overflow:visible;border:0}
  .matrix .name{position:static}
  .matrix td{min-width:0}
  thead{display:table-header-group}
  tr{break-inside:avoid}
  a{text-decoration:none;color:inherit}
  *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`)
