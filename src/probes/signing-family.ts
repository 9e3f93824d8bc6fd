// Asks with which keys a host signs: its tables, wherever OpenDKIM is told that they are, the keys that they name, and
// the directories above those.
import type { DirectoryAttributes } from '../mail/key-reach.ts'
import { utf8, type Answer } from '../model/answer.ts'
import { ProbeError, type Family } from '../model/probe.ts'
import { UNKNOWN, type Known } from '../model/unknown.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'
import type { Untrusted } from '../shell/untrusted.ts'
import { pastOf, TELL_PAST, type SelectorPast } from './selector-past.ts'

export const KEY_TABLE = '/etc/dkimkeys/KeyTable'
export const SIGNING_TABLE = '/etc/dkimkeys/SigningTable'
export const CONFIGURATION = '/etc/opendkim.conf'
/** The first line of the tables that mailrun writes: of others it does not know what they are for. */
export const TABLE_HEADER = '# Written by mailrun.'

export interface Signing {
  readonly domain: string
  /** The selector in use; the one asked for where the host names none that has a key. */
  readonly selector: string
  /** Whether the host's tables name that key, and it is there: it signs with it. */
  readonly inUse: boolean
  /** The private key's path. */
  readonly path: string
  readonly key:
    | { readonly kind: 'absent' }
    /** No private key, or one with a passphrase. */
    | { readonly kind: 'invalid' }
    | { readonly kind: 'symlink' }
    | {
        readonly kind: 'key'
        readonly owner: string
        readonly group: string
        readonly mode: string
        /** SubjectPublicKeyInfo, DER, base64. */
        readonly publicKey: Known<string>
      }
  /** Those above the key that are there. */
  readonly directories: readonly DirectoryAttributes[]
  /** The groups that the user opendkim is in besides its own. */
  readonly groups: readonly string[]
  /** Of a selector whose key is not in use; left out: the host knows nothing of it. */
  readonly past?: SelectorPast
}

/** What a host signs for by a configuration that mailrun did not write. */
export interface ForeignSigning {
  /** Keys of the SigningTable without `*@`, or the domains of `Domain`. */
  readonly names: readonly string[]
  /** A table that is no file: `SigningTable ldap:…`. */
  readonly unreadable: string | undefined
}

/**
 * One question: domain, selector and path of a first key, `just` for this one whatever the tables name; none of them
 * asks for the foreign part.
 */
export type SigningItem = readonly (readonly [
  domain: string,
  selector: string,
  path: string,
  which: 'just' | 'first',
])[]
export const signingItem = (item: SigningItem): string => JSON.stringify(item)
export const readSigning = ({ stdout }: Answer): readonly Signing[] =>
  JSON.parse(stdout, (key, value: unknown) =>
    key === 'publicKey' && value === null ? UNKNOWN : value,
  ) as readonly Signing[]
export const readForeign = ({ stdout }: Answer): ForeignSigning => JSON.parse(stdout) as ForeignSigning

const itemsOf = (items: readonly string[]): SigningItem => [
  ...new Map(items.flatMap((item) => JSON.parse(item) as SigningItem).map((each) => [each.join(' '), each])).values(),
]

/**
 * opendkim.conf(5): a SigningTable's `*@domain` where it is `refile:`, `domain` where not; without tables Domain,
 * Selector and KeyFile.
 */
const LOOK_UP = `
f==0 {
  if (NF) {n++; d[n]=$1; s[n]=$2; p[n]=$3; w[n]=$4}
  next
}
/^[ \\t]*#/ {if (f==2 && FNR==1 && $0=="${TABLE_HEADER}") ours=1; next}
NF<1 {next}
f==1 {if (!($1 in k)) k[$1]=$2; next}
f==2 {x=tolower($1); if (!(x in t)) t[x]=$2; next}
f==3 {split($0, a, ":"); if (("," a[4] ",") ~ /,opendkim,/) G=G " " a[1]}
END {
  c=split(D, list, /[ \\t,]+/)
  for (i=1; i<=c; i++) if (list[i] != "" && F != "") own[tolower(list[i])]=1
  print "groups" G
  if (!ours) {
    for (x in t) {y=x; sub(/^\\*@/, "", y); print "signs", y}
    for (x in own) print "signs", x
  }
  for (i=1; i<=n; i++) {
    v=""; x=d[i]
    if (("*@" x) in t) v=k[t["*@" x]]; else if (x in t) v=k[t[x]]; else if (x in own) v=x ":" L ":" F
    sub(/^%:/, x ":", v)
    if (w[i]=="just") v=""
    print d[i], s[i], p[i], w[i], v
  }
}`

/** @param keys - domain, selector, path and which, as words of the shell. */
const signingQuestion = (keys: readonly string[]): string => `
S=${SIGNING_TABLE} K=${KEY_TABLE} D= L= F=
table() {
  case $2 in
  *file:/*) r=\${2#*:};;
  /*) r=$2;;
  *) r=; echo "unreadable $1 $2";;
  esac
}
[ -r ${CONFIGURATION} ] && while read -r n v r || [ "$n" ]; do case $n in
[Ss]igning[Tt]able) table "$n" "$v"; S=\${r:-/dev/null};;
[Kk]ey[Tt]able) table "$n" "$v"; K=\${r:-/dev/null};;
[Dd]omain) D="$v $r";;
[Ss]elector) L=$v;;
[Kk]ey[Ff]ile) F=$v;;
esac; done < ${CONFIGURATION}
[ -r "$S" ] || S=/dev/null
[ -r "$K" ] || K=/dev/null
command -v openssl >/dev/null && o=1 || o=
printf '%s %s %s %s\\n' ${keys.join(' ')} |
awk -v D="$D" -v L="$L" -v F="$F" ${quote(LOOK_UP)} f=0 - f=1 "$K" f=2 "$S" f=3 /etc/group | {
  set -- /
  A=' / '
  while read -r d s p w k; do
    case $d in
    groups|signs) echo "$d $s $p $w $k"; continue;;
    *.*) ;;
    *) continue;;
    esac
    f=$p u=- b=
    case $k in
    "$d":*:/*)
      r=\${k#*:}
      if [ -f "\${r#*:}" ]; then s=\${r%%:*} p=\${r#*:} u=+; else b="\${r%%:*} \${r#*:}"; fi;;
    esac
    ${TELL_PAST}
    echo "signing $d $f $w $u $s $p"
    a=$p
    set -- "$@" "$p"
    while a=\${a%/*}; [ "$a" ]; do
      case $A in
      *" $a "*) ;;
      *) A="$A$a "; set -- "$@" "$a";;
      esac
    done
    [ ! -f "$p" ] || [ -L "$p" ] || {
      [ "$o" ] || echo no-openssl
      [ -z "$o" ] || openssl pkey -in "$p" -passin pass: -pubout 2>/dev/null </dev/null
    }
  done
  find "$@" -maxdepth 0 -printf 'path %y %u %g %m %p\\n' 2>/dev/null
  echo end
}`

/**
 * The private keys are read on the host, by openssl alone; only the public halves leave it. A process for each key, and
 * three; one more for each key that is gone.
 */
export const signingFamily: Family = {
  name: 'signing',
  script: (items) => raw(signingQuestion(itemsOf(items).map((item) => item.map(quote).join(' ')))),
  split(answer, items) {
    const told = read(answer)
    return items.map((item) => {
      const asked = JSON.parse(item) as SigningItem
      const part =
        asked.length === 0 ? told.foreign : asked.map(([domain, , path, which]) => told.signing(domain, path, which))
      return { ...answer, stdout: JSON.stringify(part, (_, value: unknown) => (value === UNKNOWN ? null : value)) }
    })
  },
}

const PEM = '-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----'
const SIGNING_LINES = new RegExp(
  `^signing (\\S+) (\\S+) (\\S+) ([-+]) (\\S+) (.*)\\n((?:no-openssl\\n)?)((?:${PEM}\\n)?)`,
  'gm',
)

function read({ stdout, stderr }: Answer): {
  readonly foreign: ForeignSigning
  signing(domain: string, path: string, which: SigningItem[number][3]): Signing
} {
  const text = utf8(stdout)
  if (!/(?:^|\n)end\n$/.test(text))
    throw new ProbeError(`the keys cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
  const paths = new Map(
    [...text.matchAll(/^path (\S) (\S+) (\S+) (\S+) (.*)$/gm)].map(
      ([, type = '', owner = '', group = '', mode = '', path = '']) => [
        path,
        { type, owner, group, mode: mode.padStart(4, '0') },
      ],
    ),
  )
  const words = (what: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^${what} (.*)$`, 'gm'))].map(([, rest = '']) => rest.trim())
  const groups = words('groups')
    .flatMap((line) => line.split(/\s+/))
    .filter((name) => name !== '')
  const foreign = { names: words('signs'), unreadable: words('unreadable')[0] }
  const pasts = new Map(words('past').flatMap(pastOf))
  const found = new Map(
    [...text.matchAll(SIGNING_LINES)].map(
      ([, domain = '', first = '', which = '', used = '', selector = '', path = '', without = '', pem = '']): [
        string,
        Signing,
      ] => {
        const directories = ancestorsOf(path).flatMap((above) => {
          const is = paths.get(above)
          return is?.type === 'd' ? [{ path: above, owner: is.owner, group: is.group, mode: is.mode }] : []
        })
        return [
          `${domain} ${first} ${which}`,
          {
            domain,
            selector,
            inUse: used === '+',
            path,
            key: keyOf(paths.get(path), without !== '' ? UNKNOWN : pem.replace(/-----.*-----|\s/g, '')),
            directories,
            groups,
            ...(which === 'just' ? {} : pasts.get(`${domain} ${first}`)),
          },
        ]
      },
    ),
  )
  return {
    foreign,
    signing(domain, path, which) {
      const signing = found.get(`${domain} ${path} ${which}`)
      if (signing === undefined)
        throw new ProbeError(`the key of ${domain} cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
      return signing
    },
  }
}

function keyOf(
  is: { readonly type: string; readonly owner: string; readonly group: string; readonly mode: string } | undefined,
  publicKey: Known<string>,
): Signing['key'] {
  if (is === undefined) return { kind: 'absent' }
  if (is.type === 'l') return { kind: 'symlink' }
  if (is.type !== 'f' || publicKey === '') return { kind: 'invalid' }
  const { owner, group, mode } = is
  return { kind: 'key', owner, group, mode, publicKey }
}

/** PATH_MAX of limits.h: what is longer is no path. */
const LONGEST_PATH = 4096

/** `/a/b/c` → `/`, `/a`, `/a/b` */
export const ancestorsOf = (path: Untrusted): readonly string[] =>
  path.length > LONGEST_PATH
    ? []
    : path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/') || '/')
