// Reads which tables a text for nft(8) makes. Quoted strings and comments count for nothing; braces are followed.
const TABLE =
  /^\s*(?:(?:add|create)\s+)?table\s+(?:(ip|ip6|inet|arp|bridge|netdev)\s+)?([A-Za-z_.][A-Za-z0-9_./-]{0,254})\s*$/

/** Names that `table NAME {` makes, and `nft list table NAME` does not take: those of nftables 1.0.6 and 1.1.3. */
const UNLISTED = new Set(
  'chains counters flowtables hooks limits maps meters quotas rules secmarks sets synproxys tables'.split(' '),
)

interface Statement {
  readonly text: string
  /** In how many braces it stands. */
  readonly depth: number
}

/** What stands between braces, semicolons and ends of lines; `undefined`: a quote or a brace has no other end. */
function statementsOf(text: string): readonly Statement[] | undefined {
  // A quoted string becomes what no name has. A comment's backslash does not join lines, as in nft's own scanner.
  const bare = text.replace(/"[^"]*"|#[^\n]*|\\\n/g, ([first]) => (first === '"' ? "'" : first === '#' ? '' : ' '))
  if (bare.includes('"')) return undefined
  const found: Statement[] = []
  let depth = 0
  for (const part of bare.split(/([{};\n])/)) {
    if (part === '{') depth += 1
    else if (part === '}') depth -= 1
    else if (part.trim() !== '' && part !== ';') found.push({ text: part, depth })
    if (depth < 0) return undefined
  }
  return depth === 0 ? found : undefined
}

/** The tables, each with its family: `inet filter`; none twice. */
export function tablesIn(text: string): readonly string[] {
  const found = new Set<string>()
  for (const { text: statement, depth } of statementsOf(text) ?? []) {
    const [, family = 'ip', name] = (depth === 0 && TABLE.exec(statement)) || []
    if (name !== undefined) found.add(`${family} ${name}`)
  }
  return [...found]
}

/** Why nobody can tell, or ask a host for, the tables of a text; `undefined`: these are what {@link tablesIn} says. */
export function whyUnclear(text: string): string | undefined {
  const statements = statementsOf(text)
  if (statements === undefined) return 'rules have a quote or a brace without its other end'
  if (statements.some((each) => /^\s*include\b/.test(each.text)))
    return 'rules include another file, of which nobody can tell what it has: put it in here'
  const top = statements.filter(({ depth }) => depth === 0).map((each) => each.text)
  const odd = top.find((each) => /^\s*(?:(?:add|create)\s+)?table\b/.test(each) && !TABLE.test(each))
  if (odd !== undefined)
    return `rules make a table whose name cannot be read: write table inet NAME {, got ${JSON.stringify(odd.trim())}`
  const tables = tablesIn(text)
  const unlisted = tables.find((each) => UNLISTED.has(each.split(' ')[1]!))
  if (unlisted !== undefined)
    return `rules make the table ${unlisted}, and nft list table does not take that name: give it another one`
  return tables.length === 0 && !top.some((each) => /^\s*flush\s+ruleset\b/.test(each))
    ? 'rules make no table: begin with table inet filter {'
    : undefined
}
