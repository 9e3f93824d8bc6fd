// Draws the output of a terminal as SVG, without a browser: one text element for each piece of text in one style. The
// picture is dark or light like the reader's system.

export interface TerminalPicture {
  /** What the program printed, with colours as ECMA-48 writes them (`ESC [ … m`). */
  readonly output: string
  /** Read by screen readers. */
  readonly title: string
  /** Longer lines are cut, with `…` at their end. */
  readonly columns: number
}

/** Pixels. */
const CHARACTER = { width: 8.4, height: 20, size: 14 } as const
const MARGIN = 16

const STYLE = `
  .screen { fill: #ffffff; stroke: #d0d7de }
  text { font: ${CHARACTER.size}px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1f2328 }
  .bold { font-weight: 700 }
  .dim { fill: #59636e }
  .red { fill: #c5221f }
  .green { fill: #116329 }
  .yellow { fill: #7d4e00 }
  .blue { fill: #0550ae }
  .magenta { fill: #7a2f9c }
  .cyan { fill: #0f6a75 }
  @media (prefers-color-scheme: dark) {
    .screen { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .dim { fill: #9198a1 }
    .red { fill: #ff7b72 }
    .green { fill: #56d364 }
    .yellow { fill: #e3b341 }
    .blue { fill: #79c0ff }
    .magenta { fill: #d2a8ff }
    .cyan { fill: #76e3ea }
  }`

export function terminalSvg({ output, title, columns }: TerminalPicture): string {
  const lines = stretchesOf(output.replace(/\n+$/, '')).map((line) => cut(line, columns))
  const width = Math.ceil(columns * CHARACTER.width) + 2 * MARGIN
  const height = lines.length * CHARACTER.height + 2 * MARGIN
  const texts = lines.flatMap((line, row) => textsOf(line, MARGIN + (row + 0.75) * CHARACTER.height))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" \
role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<rect class="screen" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('\n')}
</svg>
`
}

/** Text of one style. */
interface Stretch {
  readonly text: string
  readonly classes: readonly string[]
}

const COLOURS = ['', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const

/** Line by line. A style goes on over the end of a line. */
function stretchesOf(output: string): readonly (readonly Stretch[])[] {
  const style = { bold: false, dim: false, colour: '' }
  return output.split('\n').map((line) =>
    // oxlint-disable-next-line no-control-regex -- the escape character begins a style
    line.split(/(\u001b\[[\d;]*m)/).flatMap((part) => {
      const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1]
      if (codes === undefined) {
        const classes = [style.bold ? 'bold' : '', style.dim ? 'dim' : '', style.colour].filter((each) => each !== '')
        return part === '' ? [] : [{ text: part, classes }]
      }
      for (const code of codes.split(';')) restyle(style, Number(code))
      return []
    }),
  )
}

function restyle(style: { bold: boolean; dim: boolean; colour: string }, code: number): void {
  if (code === 0) Object.assign(style, { bold: false, dim: false, colour: '' })
  if (code === 1) style.bold = true
  if (code === 2) style.dim = true
  if (code === 22) Object.assign(style, { bold: false, dim: false })
  if (code === 39) style.colour = ''
  if (code === 90) style.dim = true
  if (code >= 31 && code <= 36) style.colour = COLOURS[code - 30] ?? ''
}

function cut(line: readonly Stretch[], columns: number): readonly Stretch[] {
  const length = line.reduce((sum, { text }) => sum + text.length, 0)
  if (length <= columns) return line
  let left = columns - 1
  const kept = line.flatMap(({ text, classes }) => {
    const part = text.slice(0, left)
    left -= part.length
    return part === '' ? [] : [{ text: part, classes }]
  })
  return [...kept, { text: '…', classes: ['dim'] }]
}

function textsOf(line: readonly Stretch[], y: number): readonly string[] {
  let column = 0
  return line.flatMap(({ text, classes }) => {
    const start = column + (text.length - text.trimStart().length)
    column += text.length
    const shown = text.trim()
    if (shown === '') return []
    const x = (MARGIN + start * CHARACTER.width).toFixed(1)
    // The reader's font may be wider or narrower: columns stay columns.
    const length = (shown.length * CHARACTER.width).toFixed(1)
    const styled = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
    return [`<text x="${x}" y="${y}" textLength="${length}" xml:space="preserve"${styled}>${escaped(shown)}</text>`]
  })
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '&quot;')
