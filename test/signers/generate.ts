// Makes configurations of OpenDKIM within its grammar, and some outside it, by chance.
import type { Random } from '../fuzz/random.ts'
import { DOMAINS, PLACE } from './names.ts'
import { keyTable, signingTable, type SetText } from './generate-tables.ts'

export const SOCKET = `local:${PLACE}/socket`

export interface Configuration {
  /** Of the daemon's command line. */
  readonly words: readonly string[]
  /** By path; where it is `undefined`, none is to be there. */
  readonly files: Readonly<Record<string, string | undefined>>
  /** Paths of private keys. */
  readonly keys: readonly string[]
}

const USERS = ['info', 'a', 'Info', 'x.y', 'tag+a']

/** Who is asked for: senders of each kind that a table can name, and strangers. */
export const SENDERS: readonly string[] = [
  ...DOMAINS.slice(0, 5).flatMap((domain) => USERS.slice(0, 2).map((user) => `${user}@${domain}`)),
  'Info@Example.ORG',
  'x.y@example.org',
  'tag+a@mail.example.org',
  'info@b.a.mail.example.org',
  'info@anexample.org',
  'a@org',
  'info@stranger.test',
  'a@xmail.example.net',
  'jörg@example.org',
  'info@exämple.test',
]

/** `Domain`, sometimes `DOMAIN` or `domain`. */
const spelt = (random: Random, name: string): string =>
  random.oneIn(6) ? random.pick([name.toUpperCase(), name.toLowerCase()]) : name

interface Setting {
  readonly name: string
  readonly value: string
}

function lineOf(random: Random, { name, value }: Setting): string {
  const gap = random.pick([' ', '\t', '\t\t', '  '])
  const end = random.pick(['', '', '', '', ' ', '\t', ' # why', '#', '#glued', '\r', ' \r x'])
  const before = random.oneIn(12) ? random.pick([' ', '\t']) : ''
  return `${before}${spelt(random, name)}${value === '' ? '' : gap}${value}${end}`
}

const FAULTS: readonly Setting[] = [
  { name: 'NoSuchSetting', value: 'yes' },
  { name: 'Syslog', value: 'maybe' },
  { name: 'UMask', value: '00x' },
  { name: 'Selector', value: '' },
  { name: 'Mode', value: 'sx' },
  { name: 'Canonicalization', value: 'relaxed/strict' },
  { name: 'SignatureAlgorithm', value: 'rsa-md5' },
  { name: 'ExemptDomains', value: '/no/such/file' },
  { name: 'InternalHosts', value: 'nonsense:x' },
  { name: 'Include', value: '/no/such/file' },
  { name: 'SignHeaders', value: `refile:${PLACE}/empty` },
  { name: 'MacroList', value: `refile:${PLACE}/empty` },
  { name: 'Minimum', value: '-3' },
  { name: 'BogusKey', value: 'maybe' },
  { name: 'ADSPAction', value: 'continue' },
  { name: 'POPDBFile', value: '/x' },
  { name: 'On-PolicyError', value: 'accept' },
  { name: 'OmitHeaders', value: '' },
  { name: 'SenderHeaders', value: `refile:${PLACE}/empty` },
  { name: 'Canonicalization', value: 'relaxed/' },
  { name: 'Minimum', value: '200%' },
  { name: 'Minimum', value: '4294967296' },
]

const HARMLESS: readonly Setting[] = [
  { name: 'UMask', value: '007' },
  { name: 'UMask', value: '0x2' },
  { name: 'Canonicalization', value: 'relaxed/simple' },
  { name: 'Canonicalization', value: 'SIMPLE' },
  { name: 'OversignHeaders', value: 'From' },
  { name: 'SignHeaders', value: '*,+list-unsubscribe-post' },
  { name: 'OmitHeaders', value: 'Received,X-Any' },
  { name: 'LogWhy', value: 'Yes' },
  { name: 'SoftwareHeader', value: 'truly' },
  { name: 'RequireSafeKeys', value: 'False' },
  { name: 'InternalHosts', value: '-' },
  { name: 'InternalHosts', value: '192.0.2.0/24,!192.0.2.1' },
  { name: 'ExternalIgnoreList', value: 'csl:192.0.2.1' },
  { name: 'MTA', value: 'ORIGINATING' },
  { name: 'MacroList', value: 'daemon_name=a|b' },
  { name: 'On-Default', value: 'nonsense' },
  { name: 'SenderHeaders', value: 'Sender,From' },
  { name: 'SyslogSuccess', value: '0' },
  { name: 'SignatureTTL', value: '3600' },
  { name: 'Statistics', value: `${PLACE}/statistics` },
  { name: 'TemporaryDirectory', value: '/tmp' },
  { name: 'UserID', value: 'root' },
  { name: 'BaseDirectory', value: PLACE },
  { name: 'AutoRestartRate', value: 'nonsense' },
  { name: 'ReplaceHeaders', value: 'From' },
  { name: 'MustBeSigned', value: 'csl:From' },
  { name: 'PeerList', value: '192.0.2.7' },
  { name: 'DontSignMailTo', value: 'nobody@example.org' },
  { name: 'MultipleSignatures', value: 'no' },
  { name: 'ATPSDomains', value: 'example.net' },
  { name: 'SenderMacro', value: 'nothing' },
  { name: 'Nameservers', value: '192.0.2.53' },
]

/** Settings that decide who is signed, beside the tables. */
function deciding(random: Random): readonly Setting[] {
  const settings: Setting[] = []
  const yes = (): string => random.pick(['yes', 'Y', 'true', 'TRUE', '1', 'no', 'False', '0'])
  if (random.oneIn(3)) settings.push({ name: 'SubDomains', value: yes() })
  if (random.oneIn(3)) settings.push({ name: 'MultipleSignatures', value: yes() })
  if (random.oneIn(4)) settings.push({ name: 'Mode', value: random.pick(['s', 'sv', 'vs', 's', 'v']) })
  if (random.oneIn(8))
    settings.push({ name: 'ExemptDomains', value: random.pick(['example.net', 'csl:Example.ORG,org', '*']) })
  return settings
}

const SINGLE_KEY = `${PLACE}/keys/single.private`

/** A data set of domains. */
function domainSet(random: Random, file: string): SetText {
  const all = [...DOMAINS, '*', 'EXAMPLE.org', '*.example.org', '.example.org', 'example.*']
  const names = [random.pick(DOMAINS), ...random.list(4, () => random.pick(all))]
  const form = random.pick(['csl:', 'csl', 'csl', 'file:', 'refile:', '/', 'FILE:'])
  if (form.startsWith('csl'))
    return { value: `${form === 'csl' ? '' : form}${names.join(random.pick([',', ', ', ',,']))}` }
  const end = random.pick(['\n', '\n', '\r\n', ' # why\n', ' value\n'])
  const text = names.map((name) => `${name}${end}`).join('')
  return { value: `${form === '/' ? '' : form}${file}`, file: { path: file, text } }
}

interface Made {
  readonly settings: readonly Setting[]
  readonly files: Record<string, string | undefined>
  readonly keys: readonly string[]
}

function byDomain(random: Random): Made {
  const set = domainSet(random, `${PLACE}/domains`)
  const settings = [
    { name: 'Domain', value: set.value },
    { name: 'Selector', value: random.pick(['mail', 'S2024', 'a.b']) },
    { name: 'KeyFile', value: SINGLE_KEY },
  ].filter(() => !random.oneIn(30))
  return { settings, files: filesOf(set), keys: [SINGLE_KEY] }
}

const filesOf = ({ file }: SetText): Record<string, string | undefined> =>
  file === undefined ? {} : { [file.path]: file.text }

function byTables(random: Random): Made {
  const keys = keyTable(random, `${PLACE}/KeyTable`)
  const signing = signingTable(random, `${PLACE}/SigningTable`, keys.names)
  const settings = [
    { name: 'KeyTable', value: keys.value },
    { name: 'SigningTable', value: signing.value },
  ].filter(() => !random.oneIn(40))
  const beside = random.oneIn(6) ? byDomain(random) : { settings: [], files: {}, keys: [] }
  return {
    settings: [...settings, ...beside.settings],
    files: { ...filesOf(keys), ...filesOf(signing), ...beside.files },
    keys: [...keys.paths, ...beside.keys],
  }
}

const shuffled = <T>(random: Random, items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, at: random.below(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** Lines of a file, some of them in files that it includes. */
function withIncludes(random: Random, path: string, lines: readonly string[], level: number): Record<string, string> {
  const inner = `${PLACE}/include${level}`
  const end = random.oneIn(8) ? '\r\n' : '\n'
  const text = (all: readonly string[]): string => all.map((line) => `${line}${end}`).join('')
  if (lines.length < 2 || level > 3 || !random.oneIn(level === 0 ? 4 : 3)) return { [path]: text(lines) }
  const from = random.below(lines.length)
  const to = from + 1 + random.below(lines.length - from)
  return {
    ...withIncludes(random, inner, lines.slice(from, to), level + 1),
    [path]: text([...lines.slice(0, from), `Include ${inner}`, ...lines.slice(to)]),
  }
}

const COMMENTS = ['', '# a comment', '   ', '#', `# ${'long '.repeat(300)}`]

function optionsOf(random: Random): readonly string[] {
  const options: string[] = []
  if (random.oneIn(25)) options.push('-d', random.pick(['example.com', 'example.org,example.net', '*']))
  if (random.oneIn(25)) options.push('-D')
  if (random.oneIn(25)) options.push('-s', 'option')
  if (random.oneIn(25)) options.push(`-k${SINGLE_KEY}`)
  if (random.oneIn(25)) options.push('-b', random.pick(['s', 'sv', 'v']))
  if (random.oneIn(80)) options.push(random.pick(['-z', 'word', '-n', '-q', '--']))
  return options
}

export function configurationOf(random: Random): Configuration {
  const made = random.oneIn(3) ? byDomain(random) : byTables(random)
  const socket = random.oneIn(4) ? { name: 'Socket', value: SOCKET } : undefined
  const again = random.oneIn(6) ? [random.pick(made.settings.length > 0 ? made.settings : HARMLESS)] : []
  const settings = shuffled(random, [
    ...made.settings,
    ...again,
    ...deciding(random),
    ...random.list(3, () => random.pick(HARMLESS)),
    ...(random.oneIn(12) ? [random.pick(FAULTS)] : []),
    ...(socket === undefined ? [] : [socket]),
  ])
  const lines = settings.flatMap((each) => [...(random.oneIn(8) ? [random.pick(COMMENTS)] : []), lineOf(random, each)])
  const path = random.oneIn(8) ? '/etc/opendkim.conf' : `${PLACE}/opendkim.conf`
  const isNamed = path !== '/etc/opendkim.conf'
  const noSocket = random.oneIn(60)
  return {
    words: [
      '-f',
      ...(isNamed ? ['-x', path] : []),
      ...(socket === undefined && !noSocket ? ['-p', SOCKET] : []),
      ...optionsOf(random),
    ],
    files: {
      '/etc/opendkim.conf': undefined,
      ...made.files,
      ...withIncludes(random, path, lines, 0),
      [`${PLACE}/empty`]: '',
    },
    keys: [...new Set([...made.keys, SINGLE_KEY])],
  }
}
