// Decides whether a host key is accepted, as check_host_key of OpenSSH (sshconnect.c) does: it must be in known_hosts.
// The key of a new host is accepted only if the user asked for that.
import { lowerAscii } from '../../text/openssh-pattern.ts'
import type { HostKeySource } from './host-key-source.ts'
import { changedKey, onlyAuthority, otherAddressKey, revokedKey, unknownKey, where } from './host-key-words.ts'
import { knownHostsName } from './host-name.ts'
import { hashedName, keysFor, otherNamesOf, readKnownHosts, type KnownKey } from './known-hosts.ts'
import { isCertificateType, plainType, readPublicKey, type PublicKey } from '../login-keys/public-key.ts'
import { appendLines } from './record-host-key.ts'
import { revocation } from './revoked-keys.ts'

export type HostKeyVerdict =
  | { readonly kind: 'accepted'; readonly key: PublicKey; readonly known: KnownKey }
  /** The key was new; it stands in the file now. */
  | { readonly kind: 'recorded'; readonly key: PublicKey; readonly name: string; readonly file: string }
  | {
      /**
       * `authority`: there is only a certificate authority for the host. `failed`: what would be decided by cannot be
       * read or written.
       */
      readonly kind: 'unknown' | 'changed' | 'revoked' | 'authority' | 'failed'
      readonly message: string
      /**
       * A certificate authority is known for the host: the system's ssh may accept a certificate where this refuses the
       * plain key.
       */
      readonly mayHaveCertificate: boolean
    }

export interface HostKeyCheck {
  /** As known_hosts has it: `mx1.example.org`, `[mx1.example.org]:2222`, or the alias. */
  readonly name: string
  /**
   * There is a certificate authority for the host, and no key of its own: nothing that it shows here can be accepted.
   */
  readonly needsCertificates: boolean
  /** What to say where the host is not asked at all, because it needs certificates. */
  readonly authorityMessage: string
  /**
   * The algorithms in the order to offer them: known ones first, as OpenSSH does it, so that a host with several keys
   * shows one that can be verified.
   */
  algorithms(offered: readonly string[]): readonly string[]
  /**
   * May write (`accept-new`): to be asked once, with the key that the host proved to hold.
   *
   * @param data - as the wire carries it.
   */
  verify(data: Buffer): HostKeyVerdict
}

/** Reads the files now, so that a key added since the last connection counts. */
export function hostKeyCheck(source: HostKeySource): HostKeyCheck {
  const names = namesOf(source)
  const known = lookUp(source, names)
  const authorities = authoritiesIn(known)
  const needsCertificates =
    authorities.length > 0 &&
    known.host.every(({ marker }) => marker !== undefined) &&
    known.plain.every(({ marker }) => marker !== undefined)
  return {
    name: names.shown,
    needsCertificates,
    authorityMessage: needsCertificates ? onlyAuthority(undefined, names.shown, source, authorities) : '',
    algorithms: (offered) => ordered(offered, known.host),
    verify: (data) => {
      const key = readPublicKey(data)
      if (key === undefined || isCertificateType(key.type)) {
        return {
          kind: 'failed',
          message: `the host key of ${names.shown} cannot be read, or is an RSA key of less than 1024 bits`,
          mayHaveCertificate: false,
        }
      }
      // What was known when the handshake began is enough to accept a key by.
      const first = verdict(key, source, names, known)
      return first.kind === 'accepted' || first.kind === 'recorded'
        ? first
        : verdict(key, source, names, lookUp(source, names))
    },
  }
}

interface Names {
  /** One character for each byte, as the files are read. */
  readonly host: string
  /** For messages. */
  readonly shown: string
  /**
   * Without the port: a key that is known for it is accepted on every port that knows none. `undefined`: the same, or
   * not to be tried.
   */
  readonly plain: string | undefined
  readonly ip: string | undefined
}

function namesOf({ host, port, alias, ip }: HostKeySource): Names {
  const plain = knownHostsName(host, 22)
  const name =
    alias === undefined ? knownHostsName(host, port) : Buffer.from(lowerAscii(alias), 'utf8').toString('latin1')
  return {
    host: name,
    shown: Buffer.from(name, 'latin1').toString('utf8'),
    plain: alias === undefined && port !== 22 ? plain : undefined,
    ip: ip === undefined ? undefined : addressName(ip, port, plain),
  }
}

/** OpenSSH asks for the address neither where that is the name, nor on this machine. */
function addressName(ip: string, port: number, plainName: string): string | undefined {
  const address = knownHostsName(ip, 22)
  const isThisMachine = address === '::1' || address.startsWith('127.')
  return address === plainName || isThisMachine ? undefined : knownHostsName(ip, port)
}

interface Known {
  readonly host: readonly KnownKey[]
  readonly plain: readonly KnownKey[]
  readonly ip: readonly KnownKey[]
}

function lookUp({ userFiles, globalFiles }: HostKeySource, { host, plain, ip }: Names): Known {
  const files = [...userFiles, ...globalFiles].map(readKnownHosts)
  const keys = (name: string | undefined): readonly KnownKey[] =>
    name === undefined ? [] : files.flatMap((file) => keysFor(file, name))
  return { host: keys(host), plain: keys(plain), ip: keys(ip) }
}

const authoritiesIn = ({ host, plain }: Known): readonly KnownKey[] =>
  [...host, ...plain].filter(({ marker }) => marker === 'cert-authority')
const plainKeys = (keys: readonly KnownKey[]): readonly KnownKey[] => keys.filter(({ marker }) => marker === undefined)
const same =
  (key: PublicKey) =>
  (other: PublicKey): boolean =>
    key.blob.equals(other.blob)

function verdict(key: PublicKey, source: HostKeySource, names: Names, known: Known): HostKeyVerdict {
  const authorities = authoritiesIn(known)
  const refuse = (
    kind: 'unknown' | 'changed' | 'revoked' | 'authority' | 'failed',
    message: string,
  ): HostKeyVerdict => ({ kind, message, mayHaveCertificate: authorities.length > 0 && kind !== 'revoked' })
  const listedAsRevoked = source.revokedHostKeys === undefined ? undefined : revocation(key, source.revokedHostKeys)
  if (listedAsRevoked?.kind === 'unreadable') {
    const why = `${source.revokedHostKeys}: ${listedAsRevoked.why}`
    return refuse(
      'failed',
      `${names.shown}: the file of revoked host keys cannot be used, so no host key can be accepted: ${why}`,
    )
  }
  if (listedAsRevoked?.kind === 'revoked')
    return refuse('revoked', revokedKey(key, names.shown, source.revokedHostKeys!))
  const others = plainKeys(known.host)
  // Where nothing is known for this port, what is known for the name counts.
  const byName = others.length === 0 ? known.plain : []
  const revoked = [...known.host, ...byName, ...known.ip].find((each) => each.marker === 'revoked' && same(key)(each))
  if (revoked) return refuse('revoked', revokedKey(key, names.shown, where(revoked)))
  const found = [...others, ...plainKeys(byName)].find(same(key))
  if (found === undefined && others.length > 0) return refuse('changed', changedKey(key, names.shown, source, others))
  const ofAddress = plainKeys(known.ip)
  if (ofAddress.length > 0 && !ofAddress.some(same(key)))
    return refuse('changed', otherAddressKey(key, names.shown, names.ip!, ofAddress))
  if (found) return { kind: 'accepted', key, known: found }
  if (authorities.length > 0) return refuse('authority', onlyAuthority(key, names.shown, source, authorities))
  if (source.strict !== 'accept-new') {
    const files = [...source.userFiles, ...source.globalFiles]
    const otherNames = files.flatMap((file) => otherNamesOf(readKnownHosts(file), key))
    return refuse('unknown', unknownKey(key, names.shown, source, otherNames))
  }
  return record(key, source, names, refuse)
}

/** Names that would say something else in the file than they are. */
const UNFIT = /[@?*#[\]|'"\\,!\s\p{Cc}]/u

function record(
  key: PublicKey,
  source: HostKeySource,
  names: Names,
  refuse: (kind: 'failed', message: string) => HostKeyVerdict,
): HostKeyVerdict {
  const [file] = source.userFiles
  const wanted = `${names.shown}: its host key is new, and cannot be recorded`
  if (file === undefined) return refuse('failed', `${wanted}: there is no file to record it in (UserKnownHostsFile)`)
  if (UNFIT.test(source.alias ?? source.host)) {
    return refuse(
      'failed',
      `${wanted}: known_hosts cannot hold the name ${JSON.stringify(source.alias ?? source.host)}`,
    )
  }
  const hosts = [
    names.host,
    ...(names.ip === undefined || plainKeys(lookUp(source, names).ip).length > 0 ? [] : [names.ip]),
  ]
  const entry = `${key.type} ${key.blob.toString('base64')}\n`
  const outcome: { overtaken?: HostKeyVerdict } = {}
  try {
    appendLines(file, () => {
      // Another host of the same name, or another run, may have come first.
      const now = lookUp(source, names)
      if ([...now.host, ...now.plain, ...now.ip].length > 0) {
        outcome.overtaken = verdict(key, { ...source, strict: 'yes' }, names, now)
        if (outcome.overtaken.kind !== 'unknown') return ''
        delete outcome.overtaken
      }
      return source.hash ? hosts.map((name) => `${hashedName(name)} ${entry}`).join('') : `${hosts.join(',')} ${entry}`
    })
  } catch (error) {
    return refuse('failed', `${wanted} in ${file}: ${(error as Error).message}`)
  }
  return outcome.overtaken ?? { kind: 'recorded', key, name: names.shown, file }
}

/** order_hostkeyalgs (sshconnect2.c): the list as it is where its best is known, else known ones first. */
function ordered(offered: readonly string[], known: readonly KnownKey[]): readonly string[] {
  const revoked = known.filter(({ marker }) => marker === 'revoked')
  const isKnown = (algorithm: string): boolean => {
    const first = plainKeys(known).find(({ type }) => type === plainType(algorithm))
    return first !== undefined && !revoked.some(same(first))
  }
  const [best] = offered
  if (best !== undefined && isKnown(best)) return offered
  return [...offered.filter(isKnown), ...offered.filter((each) => !isKnown(each))]
}
