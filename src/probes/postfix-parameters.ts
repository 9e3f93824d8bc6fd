// Asks what main.cf sets, as postconf(1) tells it.
import { utf8 } from '../model/answer.ts'
import { factAbout } from '../model/fact.ts'
import { defineProbe } from '../model/probe.ts'
import { UNKNOWN, type Known } from '../model/unknown.ts'
import { raw } from '../shell/script.ts'

export const MAIN_CF = '/etc/postfix/main.cf'

export interface PostfixParameters {
  readonly installed: boolean
  /** Only what main.cf sets; values as they are written, `$name` not expanded. */
  readonly values: ReadonlyMap<string, Known<string>>
}

/** What Debian's postinst writes into a new main.cf; values depend on debconf. */
const SET_BY_DEBIAN = [
  'smtpd_banner', 'biff', 'append_dot_mydomain', 'readme_directory', 'compatibility_level', 'smtpd_tls_cert_file', 'smtpd_tls_key_file', 'smtpd_tls_security_level', 'smtp_tls_CApath', 'smtp_tls_security_level',
  'smtp_tls_session_cache_database', 'smtpd_relay_restrictions', 'myhostname', 'alias_maps', 'alias_database', 'myorigin', 'mydestination', 'relayhost', 'mynetworks', 'mailbox_size_limit', 'recipient_delimiter',
  'inet_interfaces', 'inet_protocols', 'default_transport', 'relay_transport',
]

export const postfixParameters = defineProbe<PostfixParameters>({
  key: 'postfix-parameters',
  reads: [`path:${MAIN_CF}`, 'package:postfix'],
  script: raw(`[ -e ${MAIN_CF} ] && command -v postconf >/dev/null || exit 3; postconf -n 2>/dev/null`),
  parse({ code, stdout }) {
    const pairs = utf8(stdout).split('\n').flatMap((line): [string, string][] => {
      const match = /^(\w+) =(?: (.*))?$/.exec(line)
      return match ? [[match[1]!, match[2] ?? '']] : []
    })
    return { installed: code === 0, values: new Map(pairs) }
  },
  foresee(state, known) {
    const named = factAbout(known, 'package', 'postfix')
    if (named?.value.kind === 'installed') return state.installed ? state : { installed: true, values: new Map(SET_BY_DEBIAN.map((name) => [name, UNKNOWN])) }
    const main = factAbout(known, 'path', MAIN_CF)
    if (main === undefined) return state
    if (main.value.kind === 'absent') return { installed: false, values: new Map() }
    // Of a fresh package all is known that its postinst does not set.
    const fresh = !state.installed || [...state.values.values()].every((value) => value === UNKNOWN)
    return fresh ? { installed: true, values: new Map(SET_BY_DEBIAN.map((name) => [name, UNKNOWN])) } : main.value.kind === 'file' && typeof main.value.mtime === 'string' ? state : undefined
  },
})
