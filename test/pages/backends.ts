// The tables of DNS backends and their entries in docs/mail/dns.md: pure, made of the backends.
import * as v from 'valibot'
import type { Backend } from '../../src/dns/backends/backend.ts'

const [BEGIN, END] = ['<!-- backends: written by npm run docs -->\n', '<!-- end of backends -->']

const GUARDS: Readonly<Record<Backend['guard'], string>> = {
  'compare-and-set': 'is seen in the same step: nothing is done, the outcome is `outdated`',
  'look-before': 'is seen right before the push; within that moment it is overwritten',
  'nothing-pushed': '',
}

/** The page with the tables in the place that it marks. @throws Error where it marks none */
export function withBackends(page: string, backends: readonly Backend[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/mail/dns.md: ${BEGIN.trim()} and ${END} are wanted`)
  const rows = backends.map(({ via, how, vars, impliedBy = [], guard }) => [
    `\`${via}\``,
    how,
    Object.keys(vars)
      .map((name) => (impliedBy.includes(name) ? `**\`${name}\`**` : `\`${name}\``))
      .join(', '),
    GUARDS[guard],
  ])
  const entries = new Map(backends.flatMap(({ vars }) => Object.entries(vars)))
  const lines = [...entries].map(([name, schema]) => [`\`${name}\``, v.getDescription(schema.wrapped) ?? ''])
  return [
    page.slice(0, from),
    BEGIN,
    '\n',
    table(['`via`', 'how records get there', 'entries', "somebody else's change since it was read"], rows),
    '\n',
    table(['entry', ''], lines),
    '\n',
    page.slice(to),
  ].join('')
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
