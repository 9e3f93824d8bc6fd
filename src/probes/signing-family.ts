// Asks with which keys a host signs: its tables, wherever OpenDKIM is told that they are, the keys that they name, and
// the directories above those.
import { DAEMON, KEY_GROUP } from '../mail/key-group.ts'
import type { DirectoryAttributes } from '../mail/key-reach.ts'
import { utf8, type Answer } from '../model/answer.ts'
import { ProbeError, type Family } from '../model/probe.ts'
import { UNKNOWN, type Known } from '../model/unknown.ts'
import { READER } from '../files/read.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'
import type { Untrusted } from '../shell/untrusted.ts'
import { pastOf, TELL_PAST, type SelectorPast } from './selector-past.ts'
import { MORE_OF_OWNERS } from './key-owners-script.ts'
import { ownersIn } from './key-owners-answer.ts'

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

/** The question to whom keys belong: of these directories, that hold keys, and of all that is asked besides. */
export interface OwnersItem {
  readonly directories: readonly string[]
}
export const ownersItem = (item: OwnersItem): string => JSON.stringify(item)

const parsed = (items: readonly string[]): readonly (SigningItem | OwnersItem)[] =>
  items.map((item) => JSON.parse(item) as SigningItem | OwnersItem)
const isOwners = (item: SigningItem | OwnersItem): item is OwnersItem => !Array.isArray(item)
const keysOf = (items: readonly string[]): SigningItem => [
  ...new Map(
    parsed(items)
      .flatMap((item) => (isOwners(item) ? [] : item))
      .map((each) => [each.join(' '), each]),
  ).values(),
]
const directoriesOf = (items: readonly string[]): readonly string[] => [
  ...new Set(parsed(items).flatMap((item) => (isOwners(item) ? item.directories : []))),
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
f==5 {if (index($4, "/etc/dkimkeys")==1) print "override", $4, $1, $2, $3; next}
{split($0, a, ":")}
f==3 {
  if (("," a[4] ",") ~ /,${DAEMON},/) G=G " " a[1]
  if (a[1]=="${KEY_GROUP}") {kg=a[3]; km=a[4]}
}
f==4 {
  if (a[1]=="${DAEMON}") user=1
  if (kg != "" && a[4]==kg) km=km "," a[1]
}
END {
  print "keygroup", user+0, kg=="" ? "-" : kg, km
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

/**
 * @param keys - domain, selector, path and which, as words of the shell.
 * @param directories - that hold keys, where it is asked to whom these belong.
 */
const signingQuestion = (keys: readonly string[], directories: readonly string[]): string => `${
  directories.length === 0 ? '' : MORE_OF_OWNERS
}
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
[ -r "\${X:=/var/lib/dpkg/statoverride}" ] || X=/dev/null
command -v openssl >/dev/null && o=1 || o=
printf '%s %s %s %s\\n' ${keys.join(' ')} |
${READER} open "$K" "$S" -- awk -v D="$D" -v L="$L" -v F="$F" ${quote(LOOK_UP)} \\
  f=0 - f=1 %1 f=2 %2 f=3 /etc/group f=4 /etc/passwd f=5 "$X" | {
  set -- /
  A=' / '
  while read -r d s p w k; do
    case $d in
    groups|signs|override) echo "$d $s $p $w $k"; continue;;
    keygroup) echo "$d $s $p $w $k"; kid=$p; continue;;
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
    set -- "$@" "$p"
    a=$p
    while a=\${a%/*}; [ "$a" ]; do
      case $A in
      *" $a "*) ;;
      *) A="$A$a "; set -- "$@" "$a";;
      esac
    done
    [ ! -f "$p" ] || [ -L "$p" ] || {
      [ "$o" ] || echo no-openssl
      [ -z "$o" ] || ${READER} open "$p" -- openssl pkey -in %1 -passin pass: -pubout 2>/dev/null </dev/null
    }
  done
${directories.length === 0 ? FIND : findOwners(directories)}
  echo end
}`

const FIND = `  find "$@" -maxdepth 0 -printf 'path %y %u %g %m %p\\n' 2>/dev/null`

/** As words of the shell: a directory, all above it, and the keys in it. */
const withKeys = (directory: string): readonly string[] => [
  ...[...ancestorsOf(directory), directory].map(quote),
  `${quote(directory)}/*.private`,
]

/** More is asked only where something is the daemon's own: a host on which all is root's costs no more. */
const findOwners = (directories: readonly string[]): string => `
  set -- "$@" ${directories.flatMap(withKeys).join(' ')}
  t=$(${FIND.trim()})
  printf '%s\\n' "$t"
  case $t in
  *"path "?" ${DAEMON} "*) printf '%s\\n' "$t" | more_of_owners "$@";;
  esac`

/**
 * The private keys are read on the host, by openssl alone; only the public halves leave it. A process for each key, and
 * three; one more for each key that is gone.
 */
export const signingFamily: Family = {
  name: 'signing',
  script: (items) =>
    raw(
      signingQuestion(
        keysOf(items).map((item) => item.map(quote).join(' ')),
        directoriesOf(items),
      ),
    ),
  split(answer, items) {
    const told = read(answer)
    return items.map((item) => {
      const asked = JSON.parse(item) as SigningItem | OwnersItem
      if (isOwners(asked)) return { ...answer, stdout: JSON.stringify(ownersIn(answer)) }
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
