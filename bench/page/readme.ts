// Writes the README's three lines about speed from the results alone. Pure functions.
import { ANSIBLE, BY_HAND, MAILRUN, MITOGEN } from '../bench.ts'
import { medianOf, type AllResults } from '../results.ts'
import { shown } from './number.ts'

const [BEGIN, END] = ['<!-- speed: written by npm run bench -->\n', '<!-- end of speed -->']
const COLUMNS = 120
const [FEW, MANY, CROWD] = [4, 20, 5000]

/** The README with these lines in the place that it marks. @throws Error where it marks none */
export function withSpeed(readme: string, all: AllResults): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`README.md: ${BEGIN.trim()} and ${END} are wanted`)
  const lines = speedLines(all).flatMap((line) => filled(`- ${line}`, '  '))
  return `${readme.slice(0, from)}${BEGIN}\n${lines.map((line) => `${line}\n`).join('')}\n${readme.slice(to)}`
}

/** Lines of at most 120 columns, all but the first indented. */
function filled(text: string, indent: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length > COLUMNS) lines.push(line)
    line = longer.length > COLUMNS ? indent + word : longer
  }
  return [...lines, line]
}

/** What was not measured is left out. */
function speedLines(all: AllResults): readonly string[] {
  const seconds = (job: string, who: string, at: number): number | undefined =>
    medianOf(all.get('peers'), { job, who, unit: 's', at })
  const times = (job: string, who: string, other: string, at: number): string =>
    ratio(seconds(job, who, at), seconds(job, other, at))
  const crowd = (job: string, unit: string): string =>
    shownOrNothing(medianOf(all.get('scale'), { job, who: MAILRUN, unit, at: CROWD }))
  const idle = 'nothing to do'
  const lines = [
    [
      `Nothing to do on ${MANY} hosts takes `,
      shownOrNothing(seconds(idle, MAILRUN, MANY)),
      ' s. Ansible takes ',
      times(idle, ANSIBLE, MAILRUN, MANY),
      ' times as long, with Mitogen ',
      times(idle, MITOGEN, MAILRUN, MANY),
      ' times.',
    ],
    [
      'Against the same questions in one script by hand, over a plain `ssh` to each host at once: ',
      times(idle, MAILRUN, BY_HAND, MANY),
      ` times the time on ${MANY} hosts, `,
      times(idle, MAILRUN, BY_HAND, FEW),
      ` times on ${FEW}.`,
    ],
    [
      `A check of ${CROWD.toLocaleString('en-GB')} hosts from one controller: `,
      crowd('CPU per host', 'ms'),
      ' ms of its processor for each, and ',
      crowd('memory beyond 100 MB per host', 'kB'),
      ' kB of memory for each beyond 100 MB.',
    ],
  ]
  return lines.filter((parts) => parts.every((part) => part !== '')).map((parts) => parts.join(''))
}

const shownOrNothing = (value: number | undefined): string => (value === undefined ? '' : shown(value))
const ratio = (one: number | undefined, other: number | undefined): string =>
  one === undefined || other === undefined ? '' : shown(one / other)
