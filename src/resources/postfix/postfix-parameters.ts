// Asks for the parameters in Postfix's main.cf, with postconf(1).
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { factAbout, type Fact } from '../../core/task/fact.ts'
import { defineProbe, type Family, type Probe } from '../../core/probe/probe.ts'
import { UNKNOWN, type Known } from '../../core/unknown.ts'
import { perlList } from '../../shell/perl-quote.ts'
import { readerQuestion } from '../reader/reader.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export const MAIN_CF = '/etc/postfix/main.cf'

export interface PostfixParameters {
  readonly installed: boolean
  /** Why postconf cannot read the configuration, in its own words. */
  readonly broken: Untrusted | undefined
  /** Only what main.cf sets; values as they are written, `$name` not expanded, blanks as {@link oneLine} has them. */
  readonly values: ReadonlyMap<string, Known<string>>
  /** Built-in values of the parameters that were asked for. */
  readonly defaults: ReadonlyMap<string, string>
}

/** What main.cf sets, as far as it is known. */
export const knownValues = ({ values }: PostfixParameters): ReadonlyMap<string, string> =>
  new Map([...values].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))

/** What Debian's postinst writes into a new main.cf; values depend on debconf. */
const SET_BY_DEBIAN = [
  'smtpd_banner',
  'biff',
  'append_dot_mydomain',
  'readme_directory',
  'compatibility_level',
  'smtpd_tls_cert_file',
  'smtpd_tls_key_file',
  'smtpd_tls_security_level',
  'smtp_tls_CApath',
  'smtp_tls_security_level',
  'smtp_tls_session_cache_database',
  'smtpd_relay_restrictions',
  'myhostname',
  'alias_maps',
  'alias_database',
  'myorigin',
  'mydestination',
  'relayhost',
  'mynetworks',
  'mailbox_size_limit',
  'recipient_delimiter',
  'inet_interfaces',
  'inet_protocols',
  'default_transport',
  'relay_transport',
]

/** postconf(5): blanks and line ends in a value are all one. */
export const oneLine = (value: Untrusted): string => value.trim().replace(/\s+/g, ' ')

/** @param defaultOf - asks for its built-in value too. */
export const postfixParameters = (defaultOf: string | undefined): Probe<PostfixParameters> =>
  defineProbe<PostfixParameters>({
    // One for all: every item gets the whole answer.
    key: 'postfix-parameters',
    reads: [`path:${MAIN_CF}`, 'package:postfix'],
    family,
    item: defaultOf ?? '',
    parse,
    foresee,
  })

const family: Family = {
  name: 'postfix-parameters',
  script(items) {
    const asked = items.filter((item) => item !== '')
    return readerQuestion({
      program: `
if (!-e '${MAIN_CF}' || !has_program('postconf')) { ended(3) }
elsif (run_program(qw(postconf -n))) { ended(4) }
else {
print "\\0";
${asked.length === 0 ? '' : `run_program(qw(postconf -d --), ${perlList(asked)});`}
${PERL_END}
}
`,
    })
  },
  split: (answer, items) => items.map(() => answer),
}

function parse(answer: Answer): PostfixParameters {
  const { code, stderr } = answer
  const [set = '', builtIn = ''] =
    code === 3 || code === 4 ? [] : utf8(whole(answer, 'postconf cannot be asked')).split('\0')
  // What nothing uses, postconf only warns of; so it does of options of services in master.cf.
  const unused = [...utf8(stderr).matchAll(/main\.cf: unused parameter: ([\w-]+)=(.*)$/gm)].map(
    ([, name = '', value = '']): [string, string] => [name, oneLine(value)],
  )
  const broken = /postconf: fatal: (.*)$/m.exec(utf8(stderr))?.[1]
  return {
    installed: code !== 3,
    broken: code === 4 ? (broken ?? (utf8(stderr).trim() || 'postconf failed')) : undefined,
    values: new Map([...unused, ...pairsOf(set)]),
    defaults: new Map(pairsOf(builtIn)),
  }
}

/** `name = value`, a line each, as postconf(1) prints them. */
export const pairsOf = (text: Untrusted): readonly [string, string][] =>
  text.split('\n').flatMap((line): [string, string][] => {
    const match = /^([\w-]+) =(?: (.*))?$/.exec(line)
    return match ? [[match[1]!, oneLine(match[2] ?? '')]] : []
  })

const fresh = (state: PostfixParameters): PostfixParameters => ({
  ...state,
  installed: true,
  broken: undefined,
  values: new Map(SET_BY_DEBIAN.map((name) => [name, UNKNOWN])),
})

function foresee(state: PostfixParameters, known: Fact): PostfixParameters | undefined {
  const named = factAbout(known, 'package', 'postfix')
  if (named?.value.kind === 'installed') return state.installed ? state : fresh(state)
  const main = factAbout(known, 'path', MAIN_CF)
  if (main === undefined) return state
  if (main.value.kind === 'absent') return { ...state, installed: false, values: new Map() }
  // Of a fresh package all is known that its postinst does not set.
  const isFresh = !state.installed || [...state.values.values()].every((value) => value === UNKNOWN)
  const before = isFresh ? fresh(state) : state
  const { sets, mtime } = main.value.kind === 'file' ? main.value : {}
  if (sets !== undefined) return { ...before, values: new Map([...before.values, ...sets]) }
  return isFresh || typeof mtime === 'string' ? before : undefined
}
