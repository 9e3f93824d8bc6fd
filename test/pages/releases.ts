// The table of what differs between Debian's releases in docs/releases.md: pure, made of the table that the code reads.
import { RELEASES, RELEASE_FACTS, type ReleaseFact } from '../../src/resources/host/releases.ts'

const [BEGIN, END] = ['<!-- releases: written by npm run docs -->\n', '<!-- end of releases -->']

/** The page with the table in the place that it marks. @throws Error where it marks none */
export function withReleases(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/releases.md: ${BEGIN.trim()} and ${END} are wanted`)
  const facts: readonly ReleaseFact[] = Object.values(RELEASE_FACTS)
  const rows = facts.map((fact) => [fact.about, ...RELEASES.map((release) => `\`${fact[release]}\``), fact.source])
  const head = ['what', ...RELEASES, 'source']
  const lines = [head, head.map(() => '---'), ...rows]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`
}
