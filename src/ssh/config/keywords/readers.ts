// How the value of each keyword is read: what OpenSSH refuses is refused, whether or not its block is for the host at
// hand.
import { isAlgorithmList, type AlgorithmKind } from './algorithms.ts'
import { lower } from '../files/bytes.ts'
import { CHOICES, HASHES, LOG_FACILITIES, LOG_LEVELS, type Choice } from './choices.ts'
import { shown } from '../expand.ts'
import { LISTS } from './list-readers.ts'
import { intNumber, portNumber } from './numbers.ts'
import {
  addKeysToAgent,
  agentPath,
  bindMask,
  controlPersist,
  escapeChar,
  forwardAgent,
  gssKex,
  ipQos,
  rekeyLimit,
  tunnelDevice,
} from './own-readers.ts'
import { readForward } from './read-forward.ts'
import { readJump } from './read-jump.ts'
import { first, nothing, secondsOf, type Reader } from './reader.ts'
import { Refusal } from '../files/refusal.ts'

const chosen =
  (choice: Choice): Reader =>
  (given, keyword) => {
    const word = given.need()
    const value = Object.hasOwn(choice, lower(word)) ? choice[lower(word)] : undefined
    if (value === undefined) throw new Refusal(`it must be ${Object.keys(choice).join(', ')}, got ${shown(word)}`)
    return first(value)(keyword)
  }

const text: Reader = (given, keyword) => first(given.need())(keyword)

/** The rest of the line as it stands, quotes and `#` too. */
const command: Reader = (given, keyword) => {
  given.skipAll()
  return first(given.raw.replace(/^[ \t\r\n=]+/, ''))(keyword)
}

const number: Reader = (given, keyword) => {
  const word = given.need()
  const value = intNumber(word)
  if (value === undefined) throw new Refusal(`it must be a number from 0 to 2147483647, got ${shown(word)}`)
  return first(String(value))(keyword)
}

/** `none` leaves the keyword open for who comes later. */
const time: Reader = (given, keyword) => {
  const word = given.need()
  if (word === 'none') return nothing
  return first(String(secondsOf(word)))(keyword)
}

const algorithmList =
  (kind: AlgorithmKind): Reader =>
  (given, keyword) => {
    const word = given.need()
    if (!isAlgorithmList(kind, word))
      throw new Refusal(`${shown(word)} holds an algorithm that OpenSSH 9.2 does not know`)
    return first(word)(keyword)
  }

const port: Reader = (given, keyword) => {
  const word = given.need()
  const value = portNumber(word)
  if (value === undefined || value === 0) throw new Refusal(`it must be a port from 1 to 65535, got ${shown(word)}`)
  return first(String(value))(keyword)
}

const all = (reader: Reader, ...keywords: readonly string[]): Readonly<Record<string, Reader>> =>
  Object.fromEntries(keywords.map((keyword) => [keyword, reader]))

/** Applied whether or not the block is for the host. */
export const ALWAYS: ReadonlySet<string> = new Set(['syslogfacility', 'streamlocalbindmask'])

export const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    ...Object.fromEntries(Object.entries(CHOICES).map(([keyword, choice]) => [keyword, chosen(choice)])),
    ...all(
      text,
      'user',
      'hostname',
      'hostkeyalias',
      'preferredauthentications',
      'bindaddress',
      'bindinterface',
      'pkcs11provider',
      'securitykeyprovider',
      'xauthlocation',
      'kbdinteractivedevices',
      'controlpath',
      'ignoreunknown',
      'revokedhostkeys',
      'gssapiclientidentity',
      'gssapiserveridentity',
    ),
    ...all(command, 'knownhostscommand', 'proxycommand', 'localcommand', 'remotecommand'),
    ...all(
      number,
      'numberofpasswordprompts',
      'connectionattempts',
      'serveralivecountmax',
      'canonicalizemaxdots',
      'requiredrsasize',
    ),
    ...all(time, 'connecttimeout', 'forwardx11timeout', 'serveraliveinterval'),
    ...all(
      algorithmList('key'),
      'hostkeyalgorithms',
      'casignaturealgorithms',
      'hostbasedacceptedalgorithms',
      'pubkeyacceptedalgorithms',
    ),
    ciphers: algorithmList('cipher'),
    macs: algorithmList('mac'),
    kexalgorithms: algorithmList('kex'),
    gssapikexalgorithms: gssKex,
    port,
    identityagent: agentPath,
    forwardagent: forwardAgent,
    rekeylimit: rekeyLimit,
    escapechar: escapeChar,
    controlpersist: controlPersist,
    tunneldevice: tunnelDevice,
    ipqos: ipQos,
    streamlocalbindmask: bindMask,
    addkeystoagent: addKeysToAgent,
    loglevel: chosen(LOG_LEVELS),
    syslogfacility: chosen(LOG_FACILITIES),
    fingerprinthash: chosen(HASHES),
    proxyjump: readJump,
    ...all(readForward, 'localforward', 'remoteforward', 'dynamicforward'),
    ...LISTS,
  }),
)
