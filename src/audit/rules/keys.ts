// Lint: the private keys that the tables name, as the daemon gets at them.
import { DAEMON, KEY_GROUP } from '../../mail/key-group.ts'
import { keyOutOfReach } from '../../mail/key-reach.ts'
import { isSameName } from '../../mail/names.ts'
import { keyKind } from '../../mail/public-key.ts'
import type { HostKey, MailSetup } from '../../model/mail-setup.ts'
import { ancestorsOf } from '../../probes/signing-family.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { faultIf, type Fault } from '../fault.ts'
import { attributesOf, isOn, placeOf, rowPlace, settingOf, tableOf } from '../opendkim-setup.ts'
import { ownerFaults } from './key-owners.ts'
import { usedKeyEntries, type KeyEntry } from './signing-table.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** A key once, whatever number of lines names it. */
export function keyFaults(setup: MailSetup): readonly Fault[] {
  const entries = usedKeyEntries(setup)
  const keys = new Map(setup.keys.map((key) => [key.path, key]))
  return [
    ...ownerFaults(setup, [...keys.values()]),
    ...[...groupedBy(entries, ({ path }) => path)].flatMap(([path, named]) => {
      const key = keys.get(path)
      return key === undefined ? [] : faultsOf(setup, key, named)
    }),
    ...entries
      .filter(({ selector }) => isSameName(selector, 'default'))
      .map((entry): Fault => ({
        id: 'selector-default',
        subject: { ...placeOfEntry(setup, entry), ...domainOfEntry(entry) },
        message: `the selector of ${entry.domain} is default`,
        found: 'default',
      })),
  ]
}

const domainOfEntry = ({ domain }: KeyEntry): Fault['subject'] => (domain === '%' ? {} : { domain })

function placeOfEntry(setup: MailSetup, { name, line }: KeyEntry): Fault['subject'] {
  const table = tableOf(setup, 'keytable')
  return name === '' || table === undefined ? placeOf(setup, 'keyfile') : rowPlace(setup, table, line)
}

function faultsOf(setup: MailSetup, key: HostKey, entries: readonly KeyEntry[]): readonly Fault[] {
  const { path, state, publicKey } = key
  const first = entries[0]!
  // Of one domain it is that domain's; of several, the host's.
  const domains = entries.length === 1 ? domainOfEntry(first) : {}
  const subject = { path, ...domains }
  if (state === 'absent') {
    return [
      {
        id: 'key-missing',
        subject: { ...placeOfEntry(setup, first), ...domains },
        message: `the private key ${path} is not there`,
        expected: path,
        found: attributesOf(setup, path),
      },
    ]
  }
  if (state === 'other' || (publicKey === '' && setup.openssl)) {
    return [
      {
        id: 'key-invalid',
        subject,
        message: `${path} holds no private key that can be used without a passphrase`,
        found: state === 'other' ? 'no file' : attributesOf(setup, path),
      },
    ]
  }
  return [...accessFaults(setup, key, subject), ...kindFaults(key, subject)]
}

/** Who can read the key: the daemon must, others must not. */
function accessFaults(setup: MailSetup, { path, state }: HostKey, subject: Fault['subject']): readonly Fault[] {
  const isReadable = state !== 'unreadable'
  const reach = reachOf(setup, path)
  const unsafe = isReadable ? (unsafeness(setup, path) ?? reach) : undefined
  const wantsSafe = isOn(settingOf(setup, 'requiresafekeys')?.value ?? 'yes')
  const expected = setup.user === DAEMON ? `root:${KEY_GROUP} 0640` : `${setup.user}:${setup.user} 0600`
  const access = { expected, found: attributesOf(setup, path) }
  return [
    ...faultIf(!isReadable, {
      id: 'key-unreadable',
      subject,
      message: `the user ${setup.user} cannot read ${path}${reach === undefined ? '' : `: ${reach}`}`,
      ...access,
    }),
    ...faultIf(unsafe !== undefined && wantsSafe, {
      id: 'key-unsafe',
      subject,
      message: `${path}: ${unsafe}`,
      ...access,
    }),
  ]
}

/** OpenDKIM of Debian signs with RSA alone, and 1024 bits are the least that verifiers take. */
function kindFaults({ path, publicKey }: HostKey, subject: Fault['subject']): readonly Fault[] {
  const { type, bits } = keyKind(publicKey) ?? { type: 'unknown', bits: 0 }
  const isRsa = type === 'rsa'
  const size = { subject, message: `the key has ${bits} bits`, expected: '2048', found: String(bits) }
  return [
    ...faultIf(publicKey !== '' && !isRsa, {
      id: 'key-type',
      subject,
      message: `${path} is a key of ${type}`,
      expected: 'rsa',
      found: type,
    }),
    ...faultIf(isRsa && bits < 1024, { id: 'dkim-weak-key', ...size }),
    ...faultIf(isRsa && bits >= 1024 && bits < 2048, { id: 'dkim-short-key', ...size }),
  ]
}

/** Of the directories above; known for the user opendkim alone. */
function reachOf(setup: MailSetup, path: Untrusted): string | undefined {
  if (setup.user !== DAEMON) return undefined
  const above = ancestorsOf(path)
  const directories = above.flatMap((each) => {
    const is = setup.paths[each]
    return is?.type === 'd' ? [{ path: each, owner: is.owner, group: is.group, mode: is.mode }] : []
  })
  return keyOutOfReach(
    above.filter((each) => setup.paths[each]?.type !== 'l'),
    directories,
    setup.groups,
  )
}

/** Of a group's members: a directory's group may have thousands. */
const NAMED_AT_MOST = 5

/** opendkim(8), FILE PERMISSIONS. */
function unsafeness({ paths, members, user }: MailSetup, path: Untrusted): string | undefined {
  const is = paths[path]
  if (is === undefined || is.type === 'l') return undefined
  const [, group = 0, others = 0] = Array.from(is.mode.slice(-3), Number)
  if ((others & 6) !== 0) return `others can read or write it (${is.mode})`
  const all = members[is.group] ?? []
  // These two, and one more than are named.
  const among = all.slice(0, NAMED_AT_MOST + 3).filter((name) => name !== user && name !== 'root')
  if ((group & 6) !== 0 && among.length > 0) {
    const others = among.length > NAMED_AT_MOST ? ' and others' : ''
    const whoIs = `${among.slice(0, NAMED_AT_MOST).join(', ')}${others} ${among.length === 1 ? 'is' : 'are'}`
    return `its group ${is.group}, which ${whoIs} in, can read or write it (${is.mode})`
  }
  return user === 'root' || is.owner === user || is.owner === 'root' ? undefined : `it belongs to ${is.owner}`
}
