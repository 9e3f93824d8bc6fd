// Ansible's host patterns: names, groups, wildcards; `,` or `:` joins, `:&` intersects, `:!` excludes.
import type { Host } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { nearest } from '../text/nearest.ts'

/** @throws MailrunError for a part that matches nothing, and for a selection that is empty. @param where - what the pattern was given as: `--limit`. */
export function selectHosts({ hosts, groups }: Inventory, pattern: string, where: string): readonly Host[] {
  const names = new Set(hosts.map(({ name }) => name))
  const matching = (part: string): ReadonlySet<string> => {
    const direct = groups.get(part) ?? (names.has(part) ? [part] : undefined)
    if (direct) return new Set(direct)
    if (/[*?]/.test(part)) {
      const wild = new RegExp(`^${part.replace(/[\\^$.|+()[\]{}]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
      const found = [...names].filter((name) => wild.test(name)).concat([...groups].filter(([name]) => wild.test(name)).flatMap(([, members]) => members))
      if (found.length > 0) return new Set(found)
    }
    const near = nearest(part, [...names, ...groups.keys()])
    const listed = [...groups.keys(), ...names].slice(0, 20).join(', ')
    throw new MailrunError(`no host and no group is called ${JSON.stringify(part)}${near ? `: did you mean ${near}?` : `; there are ${listed}`}`, where)
  }
  if (pattern.trim() === '') throw new MailrunError('a host, a group or a pattern is wanted, got nothing: is a variable of the shell unset?', where)
  const parts = pattern.split(names.has(pattern) ? /$^/ : /[,:]/).map((part) => part.trim()).filter((part) => part !== '')
  const order = (part: string): number => (part.startsWith('!') ? 2 : part.startsWith('&') ? 1 : 0)
  let chosen = new Set<string>(parts.every((part) => order(part) > 0) ? names : [])
  for (const part of [...parts].sort((a, b) => order(a) - order(b))) {
    if (part.startsWith('!')) for (const name of matching(part.slice(1))) chosen.delete(name)
    else if (part.startsWith('&')) chosen = new Set([...matching(part.slice(1))].filter((name) => chosen.has(name)))
    else for (const name of matching(part)) chosen.add(name)
  }
  if (chosen.size === 0) throw new MailrunError(`${JSON.stringify(pattern)} selects no host`, where)
  return hosts.filter(({ name }) => chosen.has(name))
}
