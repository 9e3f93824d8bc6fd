// The tables of ssh_config's keywords in docs/connections.md: pure, made of what the code does with each.
import type { Keyword, Use } from '../../src/ssh/config/keywords.ts'

const [BEGIN, END] = ['<!-- keywords: written by npm run docs -->\n', '<!-- end of keywords -->']

/** The page with the tables in the place that it marks. @throws Error where it marks none */
export function withKeywords(page: string, keywords: readonly Keyword[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/connections.md: ${BEGIN.trim()} and ${END} are wanted`)
  const rows = [
    ['honoured', grouped('honoured', keywords)],
    ["only the system's `ssh` does as it says, and is taken", grouped('openssh', keywords)],
    ['passed over', grouped('passed over', keywords)],
  ] as const
  return [
    page.slice(0, from),
    BEGIN,
    '\n| | keywords | why |\n| --- | --- | --- |\n',
    ...rows.flatMap(([title, groups]) => groups.map(([why, names]) => `| ${title} | ${names} | ${why} |\n`)),
    '\n',
    page.slice(to),
  ].join('')
}

/** Keywords by the reason that they have in common. */
function grouped(use: Use, keywords: readonly Keyword[]): readonly (readonly [string, string])[] {
  const byWhy = new Map<string, string[]>()
  for (const { name, why } of keywords.filter((each) => each.use === use))
    byWhy.set(why, [...(byWhy.get(why) ?? []), `\`${name}\``])
  return [...byWhy].map(([why, names]) => [why, names.join(', ')])
}
