// The private keys that OpenDKIM's tables name, each once, with its name in findings.
import type { Subject } from '../../../findings/finding.ts'
import type { HostKey, OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { groupedBy } from '../../../text/grouped-by.ts'
import { placeOf, rowPlace, tableOf } from './setup.ts'
import { usedKeyEntries, type KeyEntry } from './tables-read.ts'

export interface KeyFile {
  readonly key: HostKey
  /** The file, and the domain where it signs for one alone. */
  readonly subject: Subject
  /** The line that names it first. */
  readonly named: Subject
}

/** A key once, whatever number of lines names it. */
export function keyFiles(setup: OpendkimMailSetup): readonly KeyFile[] {
  const keys = new Map(setup.keys.map((key) => [key.path, key]))
  return [...groupedBy(usedKeyEntries(setup), ({ path }) => path)].flatMap(([path, entries]): readonly KeyFile[] => {
    const key = keys.get(path)
    if (key === undefined) return []
    const first = entries[0]!
    // Of one domain it is that domain's; of several, the host's.
    const domains = entries.length === 1 ? domainOfEntry(first) : {}
    return [{ key, subject: { path, ...domains }, named: { ...placeOfEntry(setup, first), ...domains } }]
  })
}

export const domainOfEntry = ({ domain }: KeyEntry): Subject => (domain === '%' ? {} : { domain })

export function placeOfEntry(setup: OpendkimMailSetup, { name, line }: KeyEntry): Subject {
  const table = tableOf(setup, 'keytable')
  return name === '' || table === undefined ? placeOf(setup, 'keyfile') : rowPlace(setup, table, line)
}

const isUnusable = ({ openssl }: OpendkimMailSetup, { key: { state, publicKey } }: KeyFile): boolean =>
  state === 'other' || (publicKey === '' && openssl)

/** Those that are there, and hold no key that can be used. */
export const unusableKeyFiles = (setup: OpendkimMailSetup): readonly KeyFile[] =>
  keyFiles(setup).filter((each) => each.key.state !== 'absent' && isUnusable(setup, each))

/** Those that hold a key, as far as is known. */
export const soundKeyFiles = (setup: OpendkimMailSetup): readonly KeyFile[] =>
  keyFiles(setup).filter((each) => each.key.state !== 'absent' && !isUnusable(setup, each))
