// The table of the lab's suites in docs/lab.md: pure, made of the suites and of how long they took.
import { RELEASES, releaseFacts, type Release } from '../../lab/image/releases.ts'
import { isMixed, releasesOf, type SuiteSeconds } from '../lab-suites.ts'

const [BEGIN, END] = ['<!-- suites: written by npm run docs -->\n', '<!-- end of suites -->']

/** The page with the table in the place that it marks. @throws Error where it marks none */
export function withSuites(
  page: string,
  suites: readonly string[],
  seconds: SuiteSeconds,
  about: (suite: string) => string,
): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/lab.md: ${BEGIN.trim()} and ${END} are wanted`)
  const minutes = (suite: string, release: Release): string => {
    if (!releasesOf(suite).includes(release)) return isMixed(suite) ? 'the same lab' : ''
    const taken = seconds[suite]?.[release]
    return taken === undefined ? '?' : (taken / 60).toFixed(1)
  }
  const rows = suites.map((suite) => [
    `\`${suite}\``,
    about(suite).replaceAll('|', '\\|'),
    ...RELEASES.map((release) => minutes(suite, release)),
  ])
  const all = RELEASES.map((release) =>
    suites.reduce(
      (sum, suite) => sum + (releasesOf(suite).includes(release) ? (seconds[suite]?.[release] ?? 0) : 0),
      0,
    ),
  )
  const total = ['', 'all', ...all.map((sum) => (sum / 60).toFixed(1))]
  const head = ['suite', 'what it tries', ...RELEASES.map((release) => `Debian ${releaseFacts(release).version}`)]
  const lines = [head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...rows, total]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`
}
