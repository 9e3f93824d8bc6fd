// Every setting in the words and the order of `ssh -G`, with the place where it was said.
import { algorithms } from '../keywords/algorithms.ts'
import { sameWord } from '../files/bytes.ts'
import { ALGORITHMS, CLEARED, DEFAULT_KEYS, SYSTEM_HOSTS, USER_HOSTS, WORDS } from '../defaults.ts'
import { dependent } from '../dependent.ts'
import { expandAll, expandHome, expandTokens } from '../expand.ts'
import { forwardText } from '../keywords/forward.ts'
import { hopText, isNone } from '../keywords/jump.ts'
import { allOrNone, allValues, eachValue, oneValue, withPlace, type Printed } from './printed-line.ts'
import type { Resolved } from '../resolved.ts'
import type { Said } from '../values.ts'
import { visible } from './visible.ts'

/** Words that `ssh -G` prints for yes and no where a keyword has more words than these. */
const TRUE_FALSE = new Set([
  'canonicalizehostname',
  'controlmaster',
  'pubkeyauthentication',
  'requesttty',
  'stricthostkeychecking',
  'tunnel',
  'verifyhostkeydns',
  'updatehostkeys',
  'addkeystoagent',
])

function asPrinted(keyword: string, value: string): string {
  if (!TRUE_FALSE.has(keyword)) return value
  if (value === 'yes') return 'true'
  return value === 'no' ? 'false' : value
}

/** @throws MailrunError with file:line for tokens, variables and lists of algorithms that ssh cannot expand. */
export const printed = (from: Resolved): readonly Printed[] => [
  ...destinationLines(from),
  ...WORDS.flatMap(([keyword, otherwise]) => wordLines(keyword, otherwise, from)),
  ...forwardLines(from),
  ...listLines(from),
  ...ownLines(from),
  ...proxyLines(from),
]

const destinationLines = ({ values, given, host, user, port }: Resolved): readonly Printed[] => [
  { keyword: 'host', value: given, where: '' },
  { keyword: 'user', ...user },
  { keyword: 'hostname', value: host, where: values.first.get('hostname')?.where ?? '' },
  { keyword: 'port', ...port },
]

function forwardLines({ values, tokens }: Resolved): readonly Printed[] {
  const forwards = values.first.get('clearallforwardings')?.value === 'yes' ? [] : values.forwards
  const lines = (keyword: string, takes: (connectHost: string | undefined) => boolean): readonly Printed[] =>
    forwards
      .filter(({ forward, remote }) => remote === (keyword === 'remoteforward') && takes(forward.connectHost))
      .map(({ forward, where }) =>
        withPlace(keyword, where, () => forwardText(forward, keyword !== 'dynamicforward', tokens)),
      )
  return [
    // A forwarding to a path has no host to connect to: `ssh -G` prints it under both names.
    ...lines('dynamicforward', (host) => host === undefined || host === 'socks'),
    ...lines('localforward', (host) => host !== 'socks'),
    ...lines('remoteforward', () => true),
  ]
}

/** Keywords that may have several values. */
function listLines(from: Resolved): readonly Printed[] {
  const { lists, keys } = from.values
  const said = (keyword: string): readonly Said[] => lists.get(keyword) ?? []
  return [
    ...eachValue('identityfile', keys.get('identityfile') ?? DEFAULT_KEYS.map((value) => ({ value, where: '' }))),
    allValues('canonicaldomains', said('canonicaldomains'), 'none'),
    ...eachValue('certificatefile', keys.get('certificatefile') ?? []),
    allOrNone('globalknownhostsfile', said('globalknownhostsfile'), SYSTEM_HOSTS),
    allOrNone('userknownhostsfile', said('userknownhostsfile'), USER_HOSTS, (path) => expandPath(path, from)),
    ...eachValue('sendenv', said('sendenv')),
    ...eachValue('setenv', said('setenv')),
    allOrNone('logverbose', said('logverbose'), []),
    allValues('permitremoteopen', said('permitremoteopen'), 'any'),
  ]
}

/** Keywords whose values have a form of their own. */
function ownLines(from: Resolved): readonly Printed[] {
  const { first, lists } = from.values
  const line = (keyword: string, otherwise: string, how?: (value: string) => string): Printed =>
    oneValue(keyword, first.get(keyword), otherwise, how)
  const agentPath = first.get('forwardagent path')
  const rules = lists.get('canonicalizepermittedcnames') ?? []
  const ruling = rules.filter(({ value }) => !sameWord(value, 'none:'))
  return [
    line('addkeystoagent', 'no', (value) => asPrinted('addkeystoagent', value)),
    agentPath === undefined
      ? line('forwardagent', 'no')
      : oneValue('forwardagent', agentPath, '', (path) => expandPath(path, from)),
    line('connecttimeout', 'none'),
    line('tunneldevice', 'any:any'),
    { ...allValues('canonicalizepermittedcnames', ruling, 'none'), where: rules[0]?.where ?? '' },
    line('controlpersist', 'no'),
    line('escapechar', '126', visible),
    line('ipqos', 'lowdelay throughput'),
    line('rekeylimit', '0', (limit) => `${limit} ${first.get('rekeylimit interval')?.value ?? '0'}`),
    line('streamlocalbindmask', '0177'),
    line('syslogfacility', 'USER'),
  ]
}

/** A path with `~`, tokens and variables. @throws Refusal */
export const expandPath = (path: string, { here, tokens }: Resolved): string =>
  expandAll(expandHome(path, here), tokens, here)

/** A run resolves many hosts, and most settings are the defaults. */
const DEFAULT_LINES = new Map(
  WORDS.map(([keyword, otherwise]) => {
    const kind = ALGORITHMS[keyword]
    const value = kind === undefined ? asPrinted(keyword, otherwise) : algorithms(kind, undefined).join(',')
    return [keyword, value === '' ? [] : [{ keyword, value, where: '' }]]
  }),
)

function wordLines(keyword: string, otherwise: string, from: Resolved): readonly Printed[] {
  const found = from.values.first.get(keyword)
  const changed = dependent(keyword, from)
  if (found === undefined && changed === undefined) return DEFAULT_LINES.get(keyword)!
  const where = found?.where ?? ''
  const kind = ALGORITHMS[keyword]
  if (kind !== undefined) return [withPlace(keyword, where, () => algorithms(kind, found?.value).join(','))]
  const value = changed ?? found?.value ?? otherwise
  if (value === '' || (CLEARED.has(keyword) && isNone(value))) return []
  return [
    withPlace(keyword, where, () => {
      if (keyword === 'remotecommand') return expandTokens(value, from.tokens)
      return keyword === 'controlpath' || keyword === 'identityagent'
        ? expandPath(value, from)
        : asPrinted(keyword, value)
    }),
  ]
}

function proxyLines({ values: { jump, first } }: Resolved): readonly Printed[] {
  const last = jump?.hops.at(-1)
  if (jump !== undefined && last !== undefined) {
    const before = jump.before === undefined ? '' : `${jump.before},`
    return [{ keyword: 'proxyjump', value: `${before}${hopText(last)}`, where: jump.where }]
  }
  const command = first.get('proxycommand')
  return command === undefined || isNone(command.value) ? [] : [{ keyword: 'proxycommand', ...command }]
}
