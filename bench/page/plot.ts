// Draws a plot as SVG: lines over sizes, seconds on a logarithmic scale. It has its own background, so it is readable
// on light and dark pages.
import { shown } from './number.ts'

export interface Point {
  readonly x: number
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Line {
  readonly name: string
  readonly points: readonly Point[]
}

const [WIDTH, HEIGHT] = [720, 360]
const FRAME = { left: 64, right: 520, top: 44, bottom: 312 }
/** Distinguished by the colour-blind, too (Okabe and Ito), and each with a mark of its own. */
const COLOURS = ['#0072b2', '#009e73', '#d55e00', '#cc79a7', '#8a8a8a', '#b89000']
const MARKS: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
  (x, y) => `M${x - 4} ${y - 4}h8v8h-8z`,
  (x, y) => `M${x} ${y - 5}l5 9h-10z`,
  (x, y) => `M${x} ${y - 5}l5 5l-5 5l-5 -5z`,
  (x, y) => `M${x - 5} ${y - 1}h10v2h-10z`,
  (x, y) => `M${x - 1} ${y - 5}h2v10h-2z`,
]

/** Light, and dark where the page is. */
const STYLE = [
  [
    '.ground { fill: #ffffff; stroke: #d0d7de }',
    '.grid { stroke: #d8dee4 }',
    'text { fill: #24292f; font: 13px system-ui, sans-serif }',
    '.title { font-weight: 600 }',
  ].join(' '),
  '@media (prefers-color-scheme: dark) { ' +
    '.ground { fill: #161b22; stroke: #30363d } .grid { stroke: #30363d } text { fill: #d0d7de } }',
].join('\n')

/** Of a plot, from the lowest line of its grid to the highest. */
interface Range {
  readonly low: number
  readonly high: number
}

/** Where a place of the horizontal axis and a value lie in the picture. */
interface Scales {
  readonly x: (place: number) => number
  readonly y: (value: number) => number
}

/** @param places - of the horizontal axis, at equal distances, however far apart they are */
export function plot(
  title: string,
  xName: string,
  yName: string,
  places: readonly number[],
  lines: readonly Line[],
): string {
  const range = rangeOf(lines)
  const scales = scalesOf(places, range)
  const { x, y } = scales
  const grid = ticks(range).map((tick) => gridLine(tick, y(tick)))
  const below = places.map(
    (place) => `<text x="${x(place)}" y="${FRAME.bottom + 20}" text-anchor="middle">${place}</text>`,
  )
  const drawn = lines.map((line, index) => curve(line, index, scales))
  const labels = labelPlaces(lines.map(({ points }) => y(points.at(-1)!.median))).map((at, index) =>
    label(lines[index]!.name, index, at),
  )
  const middle = { x: (FRAME.left + FRAME.right) / 2, y: (FRAME.top + FRAME.bottom) / 2 }
  const turned = `text-anchor="middle" transform="rotate(-90 18 ${middle.y})"`
  const name = escape(title)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">
<title>${name}</title>
<style>
${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="6"/>
<text class="title" x="${FRAME.left}" y="26">${name}</text>
${grid.join('\n')}
${below.join('\n')}
<text x="${middle.x}" y="${HEIGHT - 12}" text-anchor="middle">${escape(xName)}</text>
<text x="18" y="${middle.y}" ${turned}>${escape(yName)}</text>
${drawn.join('\n')}
${labels.join('\n')}
</svg>
`
}

function rangeOf(lines: readonly Line[]): Range {
  const values = lines
    .flatMap(({ points }) => points.flatMap(({ least, most }) => [least, most]))
    .filter((value) => value > 0)
  const low = floorOf(Math.min(...values))
  return { low, high: Math.max(ceilingOf(Math.max(...values)), 2 * low) }
}

function scalesOf(places: readonly number[], { low, high }: Range): Scales {
  const width = FRAME.right - FRAME.left
  const height = FRAME.bottom - FRAME.top
  const decades = Math.log10(high) - Math.log10(low)
  return {
    x: (place) => round(FRAME.left + ((places.indexOf(place) + 0.5) / places.length) * width),
    y: (value) => round(FRAME.bottom - ((Math.log10(value) - Math.log10(low)) / decades) * height),
  }
}

const gridLine = (tick: number, y: number): string =>
  `<path class="grid" d="M${FRAME.left} ${y}H${FRAME.right}"/>` +
  `<text x="${FRAME.left - 8}" y="${y + 4}" text-anchor="end">${shown(tick)}</text>`

const colourOf = (index: number): string => COLOURS[index % COLOURS.length]!
const markOf = (index: number, x: number, y: number): string => MARKS[index % MARKS.length]!(x, y)

/** A line through the medians, with a mark on each and a stroke from the least to the most. */
function curve({ points }: Line, index: number, { x, y }: Scales): string {
  const line = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.median)}`).join('')
  const spans = points.map((point) => `M${x(point.x)} ${y(point.least)}V${y(point.most)}`).join('')
  const marks = points.map((point) => markOf(index, x(point.x), y(point.median))).join('')
  return (
    `<path d="${line}${spans}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>` +
    `<path d="${marks}" fill="${colourOf(index)}"/>`
  )
}

/** @param y - of the name's base line */
const label = (name: string, index: number, y: number): string =>
  `<path d="${markOf(index, FRAME.right + 12, y - 4)}" fill="${colourOf(index)}"/>` +
  `<text x="${FRAME.right + 24}" y="${y}">${escape(name)}</text>`

const round = (value: number): number => Math.round(value * 10) / 10
const steps = (value: number): readonly number[] =>
  [1, 2, 5, 10].map((step) => step * 10 ** Math.floor(Math.log10(value)))
const floorOf = (value: number): number =>
  steps(value)
    .filter((step) => step <= value * 1.000001)
    .at(-1)!
const ceilingOf = (value: number): number => steps(value).find((step) => step >= value / 1.000001)!

/** 1, 2 and 5 of each power of ten. */
function ticks({ low, high }: Range): readonly number[] {
  const powers = Array.from({ length: 12 }, (_, index) => 10 ** (index - 5))
  return powers
    .flatMap((power) => [1, 2, 5].map((step) => Number((step * power).toPrecision(1))))
    .filter((tick) => tick >= low * 0.999 && tick <= high * 1.001)
}

/** Where the names of lines go: beside their ends, and none on another. */
function labelPlaces(ends: readonly number[]): readonly number[] {
  const order = ends.map((end, index) => ({ end, index })).sort((a, b) => a.end - b.end)
  let last = -Infinity
  const places = ends.map(() => 0)
  for (const { end, index } of order) {
    last = Math.max(end + 4, last + 18)
    places[index] = round(last)
  }
  return places
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`).replaceAll('`', '')
