// The table of facts in docs/cli.md, made from the registry in src/playbook.
import { FACT_NAMES, GATHERED } from '../../src/playbook/gathered-facts.ts'

const TABLE = /<!-- facts: written by npm run docs -->\n[^]*?<!-- end of facts -->/

export function withFacts(page: string): string {
  const rows = FACT_NAMES.map((name) => [`\`${name}\``, GATHERED[name].about])
  const table = [['fact', 'what it is'], ['---', '---'], ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return page.replace(TABLE, () => `<!-- facts: written by npm run docs -->\n\n${table}\n<!-- end of facts -->`)
}
