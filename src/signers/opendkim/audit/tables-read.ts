// OpenDKIM's SigningTable and KeyTable as values, line by line, and which lines sign for which senders.
import type { OpendkimMailSetup, SignedLine } from '../setup/mail-setup-answer.ts'
import { matcherOf } from '../configuration/index.ts'
import { remembered } from '../../../text/remembered.ts'
import { tableOf } from './setup.ts'

export interface KeyEntry {
  /** In the KeyTable; empty for the key of Domain, Selector and KeyFile. */
  readonly name: string
  readonly line: number
  /** `%`: the sender's. */
  readonly domain: string
  readonly selector: string
  /** `(key)`: the key itself stands there. */
  readonly path: string
  /** More than domain, selector and path, or less. */
  readonly malformed: boolean
}

export interface SigningEntry {
  readonly pattern: string
  readonly key: string
  readonly line: number
}

/** The lines of the KeyTable, as they are written. */
export const keyEntries = remembered((setup: OpendkimMailSetup): readonly KeyEntry[] =>
  (tableOf(setup, 'keytable')?.rows ?? []).map(({ line, text }) => {
    const [name = '', value = ''] = text.split(/\s+/)
    const [domain = '', selector = '', path = '', ...more] = value.split(':')
    return {
      name,
      line,
      domain: domain.toLowerCase(),
      selector,
      path,
      malformed: [domain, selector, path].includes('') || more.length > 0,
    }
  }),
)

/** The lines of the SigningTable: `pattern key`, or `pattern key:signer`. */
export const signingEntries = remembered((setup: OpendkimMailSetup): readonly SigningEntry[] =>
  (tableOf(setup, 'signingtable')?.rows ?? []).map(({ line, text }) => {
    const [pattern = '', value = ''] = text.split(/\s+/)
    return { pattern: pattern.toLowerCase(), key: value.split(':', 1)[0] ?? '', line }
  }),
)

export const hasPatterns = (setup: OpendkimMailSetup): boolean => tableOf(setup, 'signingtable')?.kind === 'refile'

/**
 * Keys as they sign: a line that has the sender's domain for its own, or in its path, once for each domain that it
 * signs for; and the key of Domain, Selector and KeyFile.
 */
export const usedKeyEntries = remembered((setup: OpendkimMailSetup): readonly KeyEntry[] => {
  const expanded = new Map<number, KeyEntry[]>()
  const plain = new Map<string, KeyEntry>()
  for (const line of setup.signing) {
    const entry = entryOf(line)
    if (line.keyName === '') plain.set(`${entry.domain} ${entry.path}`, entry)
    else if (entry.domain !== '%') {
      const known = expanded.get(entry.line)
      if (known) known.push(entry)
      else expanded.set(entry.line, [entry])
    }
  }
  const written = keyEntries(setup)
    .filter(({ malformed }) => !malformed)
    .flatMap((entry) => (isOfSender(entry) ? (expanded.get(entry.line) ?? [entry]) : [entry]))
  return [...written, ...plain.values()]
})

const isOfSender = ({ domain, path }: KeyEntry): boolean => domain === '%' || path.includes('%')

/** `*@example.org` with `%` is for that domain. */
function entryOf({ pattern, domain, selector, key, keyName, keyLine }: SignedLine): KeyEntry {
  const sender = pattern.slice(pattern.lastIndexOf('@') + 1)
  const of = domain === '%' && !sender.includes('*') ? sender : domain.toLowerCase()
  const path = of === '%' ? key : key.replaceAll('%', of)
  return { name: keyName, line: keyLine, domain: of, selector, path, malformed: false }
}

/** Whether mail from an address is signed, of clients that are trusted. */
export const signs = ({ signing }: OpendkimMailSetup, address: string): boolean =>
  signing.some(({ pattern }) => matcherOf(pattern)(address.toLowerCase()))
