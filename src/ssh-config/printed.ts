// Every setting in the words and the order of `ssh -G`, with the place where it was said.
import { MailrunError } from '../model/mailrun-error.ts'
import { algorithms } from './algorithms.ts'
import { sameWord } from './bytes.ts'
import { ALGORITHMS, CLEARED, DEFAULT_KEYS, SYSTEM_HOSTS, USER_HOSTS, WORDS } from './defaults.ts'
import { dependent } from './dependent.ts'
import { expandAll, expandHome, expandTokens } from './expand.ts'
import { forwardText } from './forward.ts'
import { hopText, isNone } from './jump.ts'
import { Refusal } from './refusal.ts'
import type { Resolved } from './resolved.ts'
import { refused } from './statement.ts'
import type { Said } from './values.ts'
import { visible } from './visible.ts'

/** As bytes; `where` is empty for a default. */
export interface Printed {
  readonly keyword: string
  /** One line of `ssh -G` after its keyword. */
  readonly value: string
  readonly where: string
}

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
const asPrinted = (keyword: string, value: string): string =>
  TRUE_FALSE.has(keyword) ? (value === 'yes' ? 'true' : value === 'no' ? 'false' : value) : value

/** @throws MailrunError with file:line for tokens, variables and lists of algorithms that ssh cannot expand. */
export function printed(from: Resolved): readonly Printed[] {
  const { values, given, host, user, port } = from
  const said = (keyword: string): Said | undefined => values.first.get(keyword)
  const line = (keyword: string, found: Said | undefined, otherwise: string, how: (value: string) => string): Printed =>
    withPlace(keyword, found?.where ?? '', () => how(found?.value ?? otherwise))
  const plain = (value: string): string => value
  const forwards = said('clearallforwardings')?.value === 'yes' ? [] : values.forwards
  const forwardLines = (keyword: string, takes: (connectHost: string | undefined) => boolean): readonly Printed[] =>
    forwards
      .filter(({ forward, remote }) => remote === (keyword === 'remoteforward') && takes(forward.connectHost))
      .map(({ forward, where }) =>
        withPlace(keyword, where, () => forwardText(forward, keyword !== 'dynamicforward', from.tokens)),
      )
  const each = (keyword: string, found: readonly Said[]): readonly Printed[] =>
    found.map(({ value, where }) => ({ keyword, value, where }))
  const together = (
    keyword: string,
    found: readonly Said[],
    otherwise: readonly string[],
    how: (value: string) => string,
  ): Printed => {
    const items =
      found.length === 0
        ? otherwise
        : found.length === 1 && isNone(found[0]!.value)
          ? []
          : found.map(({ value }) => value)
    return withPlace(keyword, found[0]?.where ?? '', () => (items.length === 0 ? 'none' : items.map(how).join(' ')))
  }
  const list = (keyword: string): readonly Said[] => values.lists.get(keyword) ?? []
  const defaults = (paths: readonly string[]): readonly Said[] => paths.map((value) => ({ value, where: '' }))
  return [
    { keyword: 'host', value: given, where: '' },
    { keyword: 'user', ...user },
    { keyword: 'hostname', value: host, where: said('hostname')?.where ?? '' },
    { keyword: 'port', ...port },
    ...WORDS.flatMap(([keyword, otherwise]) => wordLines(keyword, otherwise, from)),
    // A forwarding to a path has no host to connect to: `ssh -G` prints it under both names.
    ...forwardLines('dynamicforward', (host) => host === undefined || host === 'socks'),
    ...forwardLines('localforward', (host) => host !== 'socks'),
    ...forwardLines('remoteforward', () => true),
    ...each('identityfile', values.keys.get('identityfile') ?? defaults(DEFAULT_KEYS)),
    {
      keyword: 'canonicaldomains',
      value:
        list('canonicaldomains')
          .map(({ value }) => value)
          .join(' ') || 'none',
      where: list('canonicaldomains')[0]?.where ?? '',
    },
    ...each('certificatefile', values.keys.get('certificatefile') ?? []),
    together('globalknownhostsfile', list('globalknownhostsfile'), SYSTEM_HOSTS, plain),
    together('userknownhostsfile', list('userknownhostsfile'), USER_HOSTS, (path) => expandPath(path, from)),
    ...each('sendenv', list('sendenv')),
    ...each('setenv', list('setenv')),
    together('logverbose', list('logverbose'), [], plain),
    {
      keyword: 'permitremoteopen',
      value:
        list('permitremoteopen')
          .map(({ value }) => value)
          .join(' ') || 'any',
      where: list('permitremoteopen')[0]?.where ?? '',
    },
    line('addkeystoagent', said('addkeystoagent'), 'no', (value) => asPrinted('addkeystoagent', value)),
    line('forwardagent', said('forwardagent path') ?? said('forwardagent'), 'no', (value) =>
      said('forwardagent path') === undefined ? value : expandPath(value, from),
    ),
    line('connecttimeout', said('connecttimeout'), 'none', plain),
    line('tunneldevice', said('tunneldevice'), 'any:any', plain),
    {
      keyword: 'canonicalizepermittedcnames',
      value:
        list('canonicalizepermittedcnames')
          .map(({ value }) => value)
          .filter((value) => !sameWord(value, 'none:'))
          .join(' ') || 'none',
      where: list('canonicalizepermittedcnames')[0]?.where ?? '',
    },
    line('controlpersist', said('controlpersist'), 'no', plain),
    line('escapechar', said('escapechar'), '126', visible),
    line('ipqos', said('ipqos'), 'lowdelay throughput', plain),
    withPlace(
      'rekeylimit',
      said('rekeylimit')?.where ?? '',
      () => `${said('rekeylimit')?.value ?? '0'} ${said('rekeylimit interval')?.value ?? '0'}`,
    ),
    line('streamlocalbindmask', said('streamlocalbindmask'), '0177', plain),
    line('syslogfacility', said('syslogfacility'), 'USER', plain),
    ...proxyLines(from),
  ]
}

function withPlace(keyword: string, where: string, value: () => string): Printed {
  try {
    return { keyword, value: value(), where }
  } catch (error) {
    if (error instanceof Refusal)
      throw where === '' ? new MailrunError(`${keyword}: ${error.message}`) : refused(keyword, error, where)
    throw error
  }
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
  if (last !== undefined)
    return [
      {
        keyword: 'proxyjump',
        value: `${jump!.before === undefined ? '' : `${jump!.before},`}${hopText(last)}`,
        where: jump!.where,
      },
    ]
  const command = first.get('proxycommand')
  return command === undefined || isNone(command.value) ? [] : [{ keyword: 'proxycommand', ...command }]
}
