// Random ssh_configs from a seed, sound ones and spoilt ones, with the hosts to resolve by each.

export interface RandomSshConfig {
  readonly text: string
  readonly hosts: readonly string[]
  /** Some characters were changed, added or taken away: much of it is refused then. */
  readonly isSpoilt: boolean
}

const NAMES = [
  'mx1',
  'mx2',
  'MX1',
  'db',
  'web.example.org',
  'mail.example.org',
  'a',
  '192.0.2.7',
  '::1',
  'x-y_z',
  'mü',
] as const
const PATTERNS = [
  '*',
  'mx*',
  'm?1',
  '!mx1',
  '!*.org',
  '*.example.org',
  '?',
  'db',
  'mx1',
  '192.0.2.*',
  '*1*',
  '"mx1"',
  "'db'",
  'mx1,db',
  '#x',
  'MX1',
  '??*',
] as const
const USERS = ['root', 'anna', 'ünal', 'a b', 'r%t'] as const
const TIMES = ['0', '5', '90s', '1m', '1h30m', '2d', 'none', '1w', '+3', '1x', '-1', ''] as const
const FLAGS = ['yes', 'no', 'NO', 'yes', 'YES', 'no', 'maybe', 'true', 'ask', 'auto', 'off', 'force', 'none'] as const
const CIPHERS = ['aes128-ctr', '+aes128-cbc', '-aes*', '^aes256-ctr', 'x', 'hmac-sha1', 'aes*', ''] as const
const KEX = [
  'curve25519-sha256',
  '-*nistp*',
  '+diffie-hellman-group1-sha1',
  '^ecdh-sha2-nistp256',
  'x',
  '!ssh-rsa',
  '-*',
  '',
] as const
const KEYS = ['ssh-ed25519,rsa-sha2-*', '+ssh-rsa', '^ecdsa*', '-*cert*', '!ssh-rsa', 'x', 'ED25519', '*'] as const
const PATHS = [
  '~/.ssh/id_mail',
  '~/%r@%h',
  '/tmp/%C',
  '${HOME}/x',
  '"~/a b"',
  "'~/it''s'",
  'none',
  '~root/k',
  '%%',
  '%z',
  '${NO_SUCH_VARIABLE_X}',
  'rel/%k',
  '\\"q',
  'a\\ b',
] as const
const JUMPS = [
  'bastion',
  'u@bastion:2222',
  'a,b:23,c@d',
  'none',
  'ssh://u@h:24',
  '[2001:db8::1]:22',
  'a, b',
  '192.0.2.9',
  '@x',
  'x:0',
  'a#b',
  'NONE',
] as const
const EXECS = [
  'true',
  'false',
  'test %n = mx1',
  'test %r = root',
  'test %p -gt 30',
  'exit 3',
  'test "%u" = root',
  'test %z',
] as const
const ENVS = ['LANG', 'LC_*', '-LC*', 'A B', 'A=1', '"A=b c" D=', '-*', '#x'] as const
const SETS = ['A=1', 'B=2 A=3', '"A=b c" D=', "C='x' C=y", 'LANG', '=', '#x', ''] as const
const FORWARDS = [
  '8080 h:80',
  '[::1]:1 [::2]:2',
  '/tmp/a /tmp/%h',
  '*:80 h:http',
  '9 /s',
  '1080',
  '0 h:80',
  'x h:1',
  '1 2 3',
  'h:5 /s',
] as const
const NUMBERS = [
  '1',
  '22',
  '2222',
  '65535',
  '007',
  '"7"',
  '8',
  '0',
  '65536',
  '-1',
  'smtp',
  '0x10',
  ' 8',
  '2147483647',
] as const
const WORDS = [
  'h',
  'a"b"c',
  "x'y z'",
  '"two words"',
  '%h.example.org',
  'a#b',
  'ü',
  '#c',
  '',
  'none',
  '\\\\',
  'a,b',
] as const

const VALUES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['HostName', 'HostKeyAlias', 'BindAddress', 'PreferredAuthentications', 'KbdInteractiveDevices', 'XAuthLocation'],
    WORDS,
  ],
  [['User'], USERS],
  [
    [
      'Port',
      'ConnectionAttempts',
      'ServerAliveCountMax',
      'NumberOfPasswordPrompts',
      'RequiredRSASize',
      'EscapeChar',
      'IPQoS',
      'TunnelDevice',
      'StreamLocalBindMask',
      'RekeyLimit',
      'CanonicalizeMaxDots',
    ],
    NUMBERS,
  ],
  [
    ['ConnectTimeout', 'ServerAliveInterval', 'ForwardX11Timeout', 'ControlPersist', 'AddKeysToAgent', 'SetupTimeOut'],
    TIMES,
  ],
  [
    [
      'BatchMode',
      'Compression',
      'IdentitiesOnly',
      'StrictHostKeyChecking',
      'UpdateHostKeys',
      'VerifyHostKeyDNS',
      'ControlMaster',
      'RequestTTY',
      'PubkeyAuthentication',
      'TCPKeepAlive',
      'DSAAuthentication',
      'ForwardX11',
      'Tunnel',
      'GSSAPIAuthentication',
      'ClearAllForwardings',
      'ProxyUseFdpass',
      'SessionType',
    ],
    FLAGS,
  ],
  [['Ciphers'], CIPHERS],
  [['KexAlgorithms'], KEX],
  [['HostKeyAlgorithms', 'PubkeyAcceptedKeyTypes', 'CASignatureAlgorithms', 'HostbasedAcceptedAlgorithms'], KEYS],
  [
    [
      'IdentityFile',
      'CertificateFile',
      'ControlPath',
      'UserKnownHostsFile',
      'GlobalKnownHostsFile',
      'IdentityAgent',
      'RevokedHostKeys',
    ],
    PATHS,
  ],
  [['ProxyJump'], JUMPS],
  [
    ['ProxyCommand', 'LocalCommand', 'RemoteCommand', 'KnownHostsCommand'],
    ['nc %h %p', 'none', 'echo "a  b" # c', '=x', "it's"],
  ],
  [['SendEnv'], ENVS],
  [['SetEnv'], SETS],
  [['LocalForward', 'RemoteForward'], FORWARDS],
  [['DynamicForward'], ['1080', '*:1080', '[::1]:1', 'h:2', '0', 'x', '1 2', 'a:b:3']],
  [['LogLevel'], ['debug', 'INFO', 'quiet', 'VERBOSE', 'local3', 'x']],
  [['SyslogFacility'], ['local3', 'AUTH', 'user', 'MAIL', '']],
  [
    ['CanonicalDomains', 'LogVerbose'],
    ['none', 'a.example b.example', 'X', 'none x', 'a..b', ''],
  ],
  [['IgnoreUnknown'], ['*', 'Foo*', 'x,y', 'UseKeychain']],
  [['Protocol', 'RSAAuthentication', 'Cipher'], WORDS],
  [['Foo', 'UseKeychain'], WORDS],
]
/** Nothing with which a spoilt `Match exec` could do harm, and few stars: OpenSSH's own time doubles with each. */
const NOISE = [
  ' ',
  '\t',
  '"',
  "'",
  '#',
  '=',
  '\\',
  '%',
  '!',
  ',',
  '?',
  '\r',
  '\f',
  '\n',
  '~',
  '$',
  '{',
  '}',
  '@',
  ':',
  '[',
  ']',
  'x',
  '0',
  '\u00a0',
  'é',
  '\x01',
  '\x00',
] as const

/**
 * `count` configurations, the same for the same seed; every fourth is spoilt.
 *
 * @example for (const { text, hosts } of cases(1, 100)) …
 */
export function* cases(seed: number, count: number): Generator<RandomSshConfig> {
  const random = mulberry32(seed)
  const below = (most: number): number => Math.floor(random() * most)
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!
  for (let index = 0; index < count; index += 1) {
    // Some take only values that are sound more often than not, so that whole files come through.
    const lines = Array.from({ length: 1 + below(index % 2 === 0 ? 4 : 14) }, () => line(below, pick))
    const isSpoilt = index % 4 === 3
    const whole = lines.join(pick(['\n', '\n', '\n', '\r\n'])) + pick(['', '\n'])
    yield { text: isSpoilt ? spoil(whole, below, pick) : whole, hosts: [pick(NAMES), pick(NAMES)], isSpoilt }
  }
}

type Below = (most: number) => number
type Pick = <Item>(items: readonly Item[]) => Item

function line(below: Below, pick: Pick): string {
  const kind = below(12)
  const some = <Item>(items: readonly Item[], most: number): readonly Item[] =>
    Array.from({ length: 1 + below(most) }, () => pick(items))
  const indent = pick(['', '', '  ', '\t', ' \t '])
  if (kind === 0) return `${indent}Host ${some(PATTERNS, 3).join(pick([' ', '  ', '\t']))}`
  if (kind === 1) return `${indent}Match ${some(criteria(pick), 3).join(' ')}`
  if (kind === 2)
    return pick([`${indent}Match all`, '', '# comment', `${indent}#x`, `${indent}Host *`, `${indent}Host *`])
  // Unknown keywords, which come last, are seldom.
  const [keywords, values] = VALUES[below(VALUES.length - (below(8) === 0 ? 0 : 1))]!
  // The first half of each list is mostly sound.
  const value = below(24) === 0 ? pick(values) : values[below(Math.ceil(values.length / 2))]!
  const keyword = pick(keywords)
  const spelt = pick([keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase()])
  const separator = pick([' ', ' ', ' ', '=', ' = ', '\t'])
  return `${indent}${spelt}${separator}${value}${pick(['', '', '', ' ', ' # note', '\t'])}`
}

/** What a `Match` can ask for. */
const criteria = (pick: Pick): readonly string[] => [
  'host mx*',
  'host *.org,!web*',
  'originalhost MX1',
  'user root',
  'user !anna,*',
  'localuser *',
  'final',
  '!final',
  'canonical',
  `exec "${pick(EXECS)}"`,
  `!exec "${pick(EXECS)}"`,
  'host="db"',
  '!host mx1',
]

function spoil(text: string, below: Below, pick: Pick): string {
  const chars = Array.from(text)
  for (let count = 1 + below(4); count > 0; count -= 1) {
    const at = below(chars.length + 1)
    const how = below(3)
    chars.splice(at, how === 0 ? 0 : 1, ...(how === 2 ? [] : [pick(NOISE)]))
  }
  return chars.join('')
}

/** A small generator of numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
