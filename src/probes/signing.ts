// Asks with which key a host signs for a domain: the one that its tables name, else the one it is to have first.
import { utf8, type Answer } from '../model/answer.ts'
import { factAbout } from '../model/fact.ts'
import { answersOfParts, defineProbe, ProbeError, type Family, type Probe } from '../model/probe.ts'
import { isKnown, UNKNOWN, type Known } from '../model/unknown.ts'
import { dkimName, dkimValue, type DnsRecord } from '../mail/dkim-record.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'

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
    family,
    item: JSON.stringify(domains.map((domain): Item => [domain, selector, keyPath(directory, domain, selector)])),
    parse: ({ stdout }) => JSON.parse(stdout, (key, value: unknown) => (key === 'publicKey' && value === null ? UNKNOWN : value)) as readonly Signing[],
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

/** Domain, selector and path of the first key. */
type Item = readonly [string, string, string]
const itemsOf = (items: readonly string[]): readonly Item[] => [...new Map(items.flatMap((item) => JSON.parse(item) as Item[]).map((each) => [each.join(' '), each])).values()]

const family: Family = {
  name: 'signing',
  // Tables are looked for where OpenDKIM is told that they are: a host set up by hand keeps the keys that it signs with.
  script: (items) => raw(`
S=${SIGNING_TABLE} K=${KEY_TABLE}
[ -r ${CONFIGURATION} ] && while read -r n v r || [ "$n" ]; do
  case $n in [Ss]igning[Tt]able) v=\${v#*file:}; case $v in /*) S=$v;; esac;; [Kk]ey[Tt]able) v=\${v#*file:}; case $v in /*) K=$v;; esac;; esac
done < ${CONFIGURATION}
[ -r "$S" ] || S=/dev/null; [ -r "$K" ] || K=/dev/null
command -v openssl >/dev/null && o=1 || o=
printf '%s %s %s\\n' ${itemsOf(items).map((item) => item.map(quote).join(' ')).join(' ')} |
awk 'f==0 {n++; d[n]=$1; s[n]=$2; p[n]=$3; next} f==1 {if (!($1 in k)) k[$1]=$2; next} !($1 in t) {t[$1]=$2} END {for (i=1; i<=n; i++) print d[i], s[i], p[i], k[t["*@" d[i]]]}' f=0 - f=1 "$K" f=2 "$S" | {
  set --
  while read -r d s p k; do
    f=$p
    case $k in "$d":*:/*) r=\${k#*:}; [ -f "\${r#*:}" ] && s=\${r%%:*} p=\${r#*:};; esac
    echo "signing $d $f $s $p"; [ ! -e "$p" ] || { set -- "$@" "$p"; [ "$o" ] || echo no-openssl; [ -z "$o" ] || openssl pkey -in "$p" -passin pass: -pubout 2>/dev/null </dev/null; }
  done
  [ $# = 0 ] || find "$@" -maxdepth 0 -printf 'file %u %g %m %p\\n' 2>/dev/null
  echo end
}`),
  split(answer, items) {
    const told = read(answer)
    return items.map((item) => ({ ...answer, stdout: JSON.stringify((JSON.parse(item) as Item[]).map(([domain, , path]) => told(domain, path)), (_, value: unknown) => (value === UNKNOWN ? null : value)) }))
  },
}

function read({ stdout, stderr }: Answer): (domain: string, path: string) => Signing {
  const text = utf8(stdout)
  if (!text.endsWith('end\n')) throw new ProbeError(`the keys cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
  const files = new Map([...text.matchAll(/^file (\S+) (\S+) (\S+) (.*)$/gm)].map(([, owner = '', group = '', mode = '', path = '']) => [path, { owner, group, mode: mode.padStart(4, '0') }]))
  const signing = new Map([...text.matchAll(/^signing (\S+) (\S+) (\S+) (.*)\n((?:no-openssl\n)?)((?:-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----\n)?)/gm)].map(([, domain = '', first = '', selector = '', path = '', without = '', pem = '']): [string, Signing] => {
    const file = files.get(path)
    const publicKey = without !== '' ? UNKNOWN : pem.replace(/-----.*-----|\s/g, '')
    return [`${domain} ${first}`, { domain, selector, path, key: file === undefined ? { kind: 'absent' } : publicKey === '' ? { kind: 'invalid' } : { kind: 'key', ...file, publicKey } }]
  }))
  return (domain, path) => {
    const found = signing.get(`${domain} ${path}`)
    if (found === undefined) throw new ProbeError(`the key of ${domain} cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
    return found
  }
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
    question: { parts: [signing] },
    parse: (answer) => records(signing.parse(answersOfParts(answer)[0]!)),
    facts: () => [],
    foresee: (state) => state,
  }
}
