// Reads which tables a text for nft(8) makes.
const FAMILIES = 'ip|ip6|inet|arp|bridge|netdev'
const TABLE = new RegExp(
  `^\\s*(?:add\\s+|create\\s+)?table\\s+(?:(${FAMILIES})\\s+)?([A-Za-z_][\\w.-]{0,30})\\s*(?:\\{|;|$)`,
)

/** Whether a text includes others: what these make nobody can tell. */
export const includesOthers = (text: string): boolean => /^\s*include\b/m.test(text)

/** The tables, each with its family: `inet filter`; none twice. */
export function tablesIn(text: string): readonly string[] {
  const found = new Set<string>()
  for (const line of text.split('\n')) {
    for (const part of line.split(';')) {
      const [, family = 'ip', name] = TABLE.exec(part) ?? []
      if (name !== undefined) found.add(`${family} ${name}`)
    }
  }
  return [...found]
}
