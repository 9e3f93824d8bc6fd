// The table of hosts that others set up in docs/lab.md: pure, made of the profiles.
import type { Profile } from '../brownfield/profile.ts'

const [BEGIN, END] = ['<!-- profiles: written by npm run docs -->\n', '<!-- end of profiles -->']

/** The page with the table in the place that it marks. @throws Error where it marks none */
export function withProfiles(page: string, profiles: readonly Profile[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/lab.md: ${BEGIN.trim()} and ${END} are wanted`)
  const rows = profiles.map(({ name, about, source }) => [`\`${name}\``, about.replaceAll('|', '\\|'), source])
  const lines = [['profile', 'what is special', 'by the steps of'], ['---', '---', '---'], ...rows]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`
}
