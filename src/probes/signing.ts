// Asks with which key a host signs for a domain: the one that its tables name, else the one it is to have first.
import { utf8 } from '../model/answer.ts'
import { factAbout } from '../model/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../model/probe.ts'
import { isKnown, UNKNOWN, type Known } from '../model/unknown.ts'
import { dkimName, dkimValue, type DnsRecord } from '../mail/dkim-record.ts'
import { raw } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'

export const KEY_TABLE = '/etc/dkimkeys/KeyTable'
export const SIGNING_TABLE = '/etc/dkimkeys/SigningTable'
const CONFIGURATION = '/etc/opendkim.conf'

export interface Signing {
  readonly domain: string
  /** The selector in use; the one asked for where the tables name none that has a key. */
  readonly selector: string
  /** The private key's path. */
  readonly path: string
  readonly key:
    | { readonly kind: 'absent' }
    | { readonly kind: 'invalid' }
    | { readonly kind: 'key'; readonly owner: string; readonly group: string; readonly mode: string; /** SubjectPublicKeyInfo, DER, base64. */ readonly publicKey: Known<string> }
}

export interface SigningQuestion {
  readonly domains: readonly string[]
  readonly selector: string
  /** Where the keys are: `DIRECTORY/DOMAIN/SELECTOR.private`. */
  readonly directory: string
}

export const keyPath = (directory: string, domain: string, selector: string): string => `${directory}/${domain}/${selector}.private`

/** The private key is read on the host, by openssl alone; only the public half leaves it. */
export function signingProbe({ domains, selector, directory }: SigningQuestion): Probe<readonly Signing[]> {
  return defineProbe<readonly Signing[]>({
    key: `signing ${JSON.stringify([domains, selector, directory])}`,
    reads: [...domains.map((domain) => `path:${keyPath(directory, domain, selector)}` as const), `path:${KEY_TABLE}`, `path:${SIGNING_TABLE}`, `path:${CONFIGURATION}`, 'package:openssl'],
    // Tables are looked for where OpenDKIM is told that they are: a host set up by hand keeps the keys that it signs with.
    script: sh`
table() { t=$(awk -v n="$1" 'tolower($1)==tolower(n) {print $2}' ${CONFIGURATION} 2>/dev/null | tail -n 1); t=$${raw("{t#*file:}")}; case $t in /*) ;; *) t=$2;; esac; printf %s "$t"; }
S=$(table SigningTable ${SIGNING_TABLE}) K=$(table KeyTable ${KEY_TABLE})
ask() {
  s=${selector} p=$2
  n=$(awk -v d="*@$1" '$1==d {print $2; exit}' "$S" 2>/dev/null)
  k=; [ -z "$n" ] || k=$(awk -v n="$n" '$1==n {print $2; exit}' "$K" 2>/dev/null)
  case $k in "$1":*:/*) r=$${raw('{k#*:}')}; [ -f "$${raw('{r#*:}')}" ] && s=$${raw('{r%%:*}')} p=$${raw('{r#*:}')};; esac
  if [ ! -e "$p" ]; then a='absent - -'; b=; else a=$(stat -c '%U %G %a' -- "$p"); b=$(openssl pkey -in "$p" -passin pass: -pubout -outform DER 2>/dev/null </dev/null | base64 -w0); command -v openssl >/dev/null || b=none; fi
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$s" "$p" "$a" "$b"
}
${domains.map((domain) => sh`ask ${domain} ${keyPath(directory, domain, selector)}`).reduce((all, each) => sh`${all}
${each}`, raw(''))}`,
    parse({ stdout, stderr }) {
      const lines = utf8(stdout).split('\n').slice(0, -1)
      if (lines.length !== domains.length) throw new ProbeError(`the keys cannot be asked for: ${utf8(stderr).trim()}`)
      return lines.map((line): Signing => {
        const [domain = '', inUse = '', path = '', attributes = '', publicKey = ''] = line.split('\t')
        const [owner = '', group = '', mode = ''] = attributes.split(' ')
        const base = { domain, selector: inUse, path }
        if (owner === 'absent' && group === '-') return { ...base, key: { kind: 'absent' } }
        if (publicKey === '') return { ...base, key: { kind: 'invalid' } }
        return { ...base, key: { kind: 'key', owner, group, mode: mode.padStart(4, '0'), publicKey: publicKey === 'none' ? UNKNOWN : publicKey } }
      })
    },
    foresee(state, known) {
      if (known.resource === 'package:openssl') return state
      if (known.resource === `path:${KEY_TABLE}` || known.resource === `path:${SIGNING_TABLE}` || known.resource === `path:${CONFIGURATION}`) return state
      return state.map((each) => {
        const told = factAbout(known, 'path', each.path)?.value
        if (told?.kind !== 'file') return each
        return { ...each, key: { kind: 'key', owner: String(told.owner), group: String(told.group), mode: String(told.mode), publicKey: each.key.kind === 'key' ? each.key.publicKey : UNKNOWN } }
      })
    },
  })
}

const valueOf = (key: Signing['key']): Known<string> => (key.kind === 'key' && isKnown(key.publicKey) ? dkimValue(key.publicKey) : UNKNOWN)

/** For a playbook's `outputs`: the records of the keys in use, values `null` where they cannot be told yet. */
export function dkimRecords(question: SigningQuestion): Probe<readonly (Omit<DnsRecord, 'value'> & { readonly value: Known<string> })[]> {
  const signing = signingProbe(question)
  type Told = Omit<DnsRecord, 'value'> & { readonly value: Known<string> }
  const records = (state: readonly Signing[]): readonly Told[] =>
    state.map(({ domain, selector, key }): Told => ({
      name: dkimName(domain, selector), type: 'TXT' as const, value: valueOf(key),
    }))
  return {
    ...signing,
    key: `records of ${signing.key}`,
    parse: (answer) => records(signing.parse(answer)),
    facts: () => [],
    foresee: (state) => state,
  }
}
