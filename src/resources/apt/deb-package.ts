// Asks dpkg which packages are installed and, if wanted, apt which versions it would install.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { fact, factAbout, type Fact, type PackageFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Family, type Probe } from '../../core/probe/probe.ts'
import type { Known } from '../../core/unknown.ts'
import { quote } from '../../shell/quote.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { sharedProbes } from '../../core/probe/shared-probes.ts'
import { END, whole } from '../../core/probe/whole.ts'

export interface PackagesState {
  readonly packages: ReadonlyMap<string, PackageFact>
  /** What apt would install by its lists; empty where it was not asked, or knows none. */
  readonly candidates: ReadonlyMap<string, Known<string>>
  /**
   * Apt's lists were fetched longer ago than was asked for, never, or by a clock that was wrong; `false` where it was
   * not asked.
   */
  readonly listsAreOld: Known<boolean>
  /** dpkg was interrupted: `dpkg --configure -a` is due. */
  readonly interrupted: boolean
}

/**
 * Whether packages are installed, and in which version. A name that no package has counts as `provided` where an
 * installed one provides it.
 *
 * @param names - as apt takes them: `postfix`, `libc6:i386`.
 * @param latest - asks apt too which version it would install, and whether its lists are older than that many seconds.
 * @example packagesProbe(['postfix'], undefined) // its state: packages.get('postfix')?.kind === 'installed'
 */
export function packagesProbe(
  names: readonly string[],
  latest: { readonly validSeconds: number } | undefined,
): Probe<PackagesState> {
  const key = `packages ${JSON.stringify([names, latest?.validSeconds])}`
  return shared(key, () =>
    defineProbe<PackagesState>({
      key,
      reads: [...names.map((name) => `package:${name}` as const), 'apt:lists'],
      family,
      item: JSON.stringify({ names, latest } satisfies Item),
      parse: ({ stdout }) => {
        const reported = JSON.parse(stdout) as {
          packages: [string, PackageFact][]
          candidates: [string, string][]
          listsAreOld: boolean
          interrupted: boolean
        }
        return {
          packages: new Map(reported.packages),
          candidates: new Map(reported.candidates),
          listsAreOld: reported.listsAreOld,
          interrupted: reported.interrupted,
        }
      },
      facts: ({ packages }) => [...packages].map(([name, value]) => fact('package', name, value)),
      foresee: (state, known) => foresee(names, state, known),
    }),
  )
}

const shared = sharedProbes<PackagesState>()

interface Item {
  readonly names: readonly string[]
  readonly latest: { readonly validSeconds: number } | undefined
}

/** A line of dpkg's list. */
interface Listed {
  readonly name: string
  readonly architecture: string
  /** dpkg-query(1): what is wanted, what is, and `R` where it must be installed again: `ii`, `hi`, `iHR`. */
  readonly state: string
  readonly version: string
  readonly provides: readonly string[]
}

const FIELDS = '${Package}\\t${Architecture}\\t${db:Status-Abbrev}\\t${Version}\\t${Provides}\\n'

/** Of all of the list, for a name may be what others provide; dpkg's own line tells the native architecture. */
const dpkgQuestion = (names: readonly string[]): Script => {
  const patterns = ['dpkg', ...names.map(bareName)].map((name) => `-e ${quote(name)}`).join(' ')
  return raw(`dpkg-query -W -f '${FIELDS}' | grep -Fw ${patterns}`)
}

const INTERRUPTED_QUESTION = sh`
set -- /var/lib/dpkg/updates/[0-9]*
[ -e "$1" ] && i=interrupted || i=whole
printf '\n%s\n' "$i"`

/** When the lists were fetched, and what they have. Without the caches apt-cache would write its own. */
const aptQuestion = (names: readonly string[]): Script => sh`
date +%s
for f in /var/lib/apt/lists/partial/../*_Packages \
  /var/lib/apt/lists/*_InRelease \
  /var/lib/apt/lists/*_Release
do [ -e "$f" ] && stat -c %Y /var/lib/apt/lists && break
done
echo
apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= policy -- ${names} 2>/dev/null`

const family: Family = {
  name: 'packages',
  script(items) {
    const questions = items.map((item) => JSON.parse(item) as Item)
    const names = [...new Set(questions.flatMap((each) => each.names))]
    const asked = [...new Set(questions.filter(({ latest }) => latest).flatMap((each) => each.names))]
    return lines([
      dpkgQuestion(names),
      INTERRUPTED_QUESTION,
      asked.length === 0 ? raw('echo none') : aptQuestion(asked),
      raw(END),
    ])
  },
  split(answer, items) {
    const reported = read(answer)
    return items.map((item) => {
      const { names, latest } = JSON.parse(item) as Item
      return {
        ...answer,
        stdout: JSON.stringify({
          packages: names.map((name) => [name, factOf(name, reported.listed, reported.native)]),
          candidates: latest
            ? names.flatMap((name) => {
                const version = reported.candidates.get(name) ?? reported.candidates.get(bareName(name))
                return version === undefined ? [] : [[name, version]]
              })
            : [],
          listsAreOld:
            latest !== undefined && (reported.listsAge === undefined || reported.listsAge > latest.validSeconds),
          interrupted: reported.interrupted,
        }),
      }
    })
  },
}

/** `libc6` of `libc6:i386` */
export const bareName = (name: string): string => name.replace(/:.*$/, '')

function read(answer: Answer) {
  const { stderr } = answer
  const stdout = whole(answer, 'dpkg cannot be asked')
  const end = stdout.indexOf('\n\n') + 1
  const rest = stdout.slice(end + 1).split('\n')
  const listed = stdout
    .slice(0, end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Listed => {
      const [name = '', architecture = '', state = '', version = '', provides = ''] = line.split('\t')
      return {
        name,
        architecture,
        state: state.trim(),
        version,
        provides: provides.split(/, */).map((each) => each.replace(/ .*$/, '')),
      }
    })
  const native = listed.find(({ name }) => name === 'dpkg')?.architecture
  if (native === undefined || (rest[0] !== 'interrupted' && rest[0] !== 'whole'))
    throw new ProbeError(`dpkg cannot be asked: ${utf8(stderr).trim() || 'is this a Debian host?'}`)
  const now = Number(rest[1])
  const fetched = rest[2] === undefined || rest[2] === '' ? undefined : Number(rest[2])
  const candidates = new Map(
    [
      ...rest
        .slice(2)
        .join('\n')
        .matchAll(/^(\S+):\n  Installed: .*\n  Candidate: (\S+)$/gm),
    ].flatMap(([, name = '', version = '']) => (version === '(none)' ? [] : [[name, version] as const])),
  )
  return {
    listed,
    native,
    interrupted: rest[0] === 'interrupted',
    listsAge: fetched === undefined || Number.isNaN(now) || fetched > now ? undefined : now - fetched,
    candidates,
  }
}

/** Without an architecture it is the native one, as it is to apt. */
function factOf(name: string, listed: readonly Listed[], native: string): PackageFact {
  const bare = bareName(name)
  const architecture = name === bare ? native : name.slice(bare.length + 1)
  const fits = (each: Listed): boolean =>
    each.architecture === architecture || (each.architecture === 'all' && architecture === native)
  const own = listed.find((each) => each.name === bare && fits(each))
  const is = own === undefined ? ABSENT : packageFact(own)
  const provider =
    is.kind === 'absent' ? listed.find(({ state, provides }) => state[1] === 'i' && provides.includes(bare)) : undefined
  return provider === undefined ? is : { kind: 'provided', by: provider.name }
}

const ABSENT: PackageFact = { kind: 'absent' }

/** `c` (only configuration left) counts as absent. */
function packageFact({ state, version }: Listed): PackageFact {
  switch (state[1]) {
    case 'i':
      return { kind: 'installed', version, ...(state[0] === 'h' ? { held: true } : {}) }
    case 'n':
    case 'c':
      return ABSENT
    default:
      return { kind: 'broken', state }
  }
}

function foresee(names: readonly string[], state: PackagesState, known: Fact): PackagesState | undefined {
  for (const name of names) {
    const reported = factAbout(known, 'package', name)
    if (reported) return { ...state, packages: new Map([...state.packages, [name, reported.value]]) }
  }
  return state
}
