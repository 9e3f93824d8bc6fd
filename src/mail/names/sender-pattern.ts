// Patterns of sender addresses, as in OpenDKIM's SigningTable and the var `drop_signing`: whose mail a pattern means.
import type { Untrusted } from '../../shell/untrusted.ts'

/** `*` stands for any text, as in a `refile:`; all in lower case. */
export interface SenderPattern {
  /** What stands before the @; `*`: anybody. */
  readonly local: string
  /** `name`: this domain; `below`: all below it, not itself; `any`: every domain; `odd`: a `*` anywhere else. */
  readonly host: { readonly kind: 'name' | 'below' | 'any' | 'odd'; readonly name: string }
  /** As text, `*@*.example.org`. */
  readonly text: string
}

/**
 * A pattern over whole addresses. Without an @ it is a domain, as in tables that are no `refile:`: `example.org`,
 * `.example.org` (those below it), `*`.
 *
 * @example senderPattern('.example.org').text // '*@*.example.org'
 */
export function senderPattern(text: Untrusted): SenderPattern {
  const lower = text.toLowerCase()
  const at = lower.lastIndexOf('@')
  if (at === -1 && lower !== '*' && lower.includes('*'))
    return { local: '*', host: { kind: 'odd', name: lower }, text: lower }
  const local = at === -1 ? '*' : lower.slice(0, at)
  const said = lower.slice(at + 1)
  const host = hostOf(said.startsWith('.') ? `*${said}` : said)
  return { local, host, text: `${local}@${host.kind === 'below' ? '*.' : ''}${host.name}` }
}

function hostOf(text: Untrusted): SenderPattern['host'] {
  if (text === '*') return { kind: 'any', name: '*' }
  const below = text.startsWith('*.') ? text.slice(2) : undefined
  if (below !== undefined && below !== '' && !below.includes('*')) return { kind: 'below', name: below }
  return { kind: text.includes('*') ? 'odd' : 'name', name: text }
}

/** Whether it can be a sender, or some: a domain, `.domain`, `*`, or an address of which parts may be `*`. */
export const isSenderPattern = (text: string): boolean => /^(?:[^\s@]+@)?[\w.*-]+$/.test(text) && !/\.\.|\.$/.test(text)

const isBelow = (name: string, domain: string): boolean => name.endsWith(`.${domain}`)

/** Whether all mail that the second means is meant by the first, too. */
export function coversSenders(wide: SenderPattern, narrow: SenderPattern): boolean {
  if (wide.text === narrow.text) return true
  if (wide.local !== '*' && wide.local !== narrow.local) return false
  if (wide.host.kind === 'any') return true
  if (wide.host.kind === 'odd' || narrow.host.kind === 'any' || narrow.host.kind === 'odd') return false
  const [one, other] = [wide.host, narrow.host]
  if (one.kind === 'name') return other.kind === 'name' && other.name === one.name
  return isBelow(other.name, one.name) || (other.kind === 'below' && other.name === one.name)
}

/** Stands for a part of an address that no table names. */
const NOBODY = 'mailrun-nobody'

/** An address that the pattern means, and hardly a narrower one. */
export function witnessOf({ local, host, text }: SenderPattern): { readonly local: string; readonly host: string } {
  const filled = (part: string): string => part.replaceAll('*', NOBODY)
  if (!text.includes('@')) {
    const [before = '', ...after] = text.split('*')
    return { local: before + NOBODY, host: NOBODY + after.join(NOBODY) }
  }
  const name = host.kind === 'below' ? `${NOBODY}.${host.name}` : host.kind === 'any' ? `${NOBODY}.example` : host.name
  return { local: filled(local), host: filled(name) }
}
