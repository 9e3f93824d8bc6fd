// Asks dpkg what is installed, and where asked for it apt which version it would install.
import { utf8, type Answer } from '../model/answer.ts'
import { fact, factAbout, type Fact, type PackageFact } from '../model/fact.ts'
import { defineProbe, ProbeError, type Family, type Probe } from '../model/probe.ts'
import type { Known } from '../model/unknown.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'

export interface PackagesState {
  readonly packages: ReadonlyMap<string, PackageFact>
  /** What apt would install by its lists; empty where it was not asked, or knows none. */
  readonly candidates: ReadonlyMap<string, string>
  /** Seconds since apt's lists were fetched; `undefined`: never, or not asked. */
  readonly listsAge: Known<number> | undefined
  /** dpkg was interrupted: `dpkg --configure -a` is due. */
  readonly interrupted: boolean
}

/** @param candidates - asks apt too, for `latest`. */
export function packagesProbe(names: readonly string[], candidates: boolean): Probe<PackagesState> {
  return defineProbe<PackagesState>({
    key: `packages ${JSON.stringify([names, candidates])}`,
    reads: [...names.map((name) => `package:${name}` as const), 'apt:lists'],
    family,
    item: JSON.stringify({ names, candidates }),
    parse: ({ stdout }) => {
      const told = JSON.parse(stdout) as { packages: [string, PackageFact][]; candidates: [string, string][]; listsAge?: number; interrupted: boolean }
      return { packages: new Map(told.packages), candidates: new Map(told.candidates), listsAge: told.listsAge, interrupted: told.interrupted }
    },
    facts: ({ packages }) => [...packages].map(([name, value]) => fact('package', name, value)),
    foresee: (state, known) => foresee(names, state, known),
  })
}

interface Item { readonly names: readonly string[]; readonly candidates: boolean }

const family: Family = {
  name: 'packages',
  script(items) {
    const questions = items.map((item) => JSON.parse(item) as Item)
    const names = [...new Set(questions.flatMap((each) => each.names))]
    const asked = [...new Set(questions.filter((each) => each.candidates).flatMap((each) => each.names))]
    // Without the caches apt-cache would write its own.
    const policy = sh`apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= policy -- ${asked} 2>/dev/null`
    return raw([
      `dpkg-query -W -f '\${Package} \${db:Status-Abbrev} \${Version}\\n' -- ${names.map(quote).join(' ')} 2>/dev/null; echo`,
      `set -- /var/lib/dpkg/updates/[0-9]*; [ -e "$1" ] && echo interrupted || echo whole`,
      ...(asked.length === 0 ? ['echo none'] : [`date +%s; for f in /var/lib/apt/lists/partial/../*_Packages /var/lib/apt/lists/*_InRelease /var/lib/apt/lists/*_Release; do [ -e "$f" ] && stat -c %Y /var/lib/apt/lists && break; done; echo; ${policy.text}`]),
      ':',
    ].join('\n'))
  },
  split(answer, items) {
    const told = read(answer)
    return items.map((item) => {
      const { names, candidates } = JSON.parse(item) as Item
      return {
        ...answer,
        stdout: JSON.stringify({
          packages: names.map((name) => [name, told.packages.get(name) ?? { kind: 'absent' }]),
          candidates: candidates ? names.flatMap((name) => (told.candidates.has(name) ? [[name, told.candidates.get(name)]] : [])) : [],
          listsAge: candidates ? told.listsAge : undefined,
          interrupted: told.interrupted,
        }),
      }
    })
  },
}

function read({ stdout, stderr }: Answer) {
  const end = stdout.startsWith('\n') ? 0 : stdout.indexOf('\n\n') + 1
  const rest = stdout.slice(end + 1).split('\n')
  if (rest[0] !== 'interrupted' && rest[0] !== 'whole') throw new ProbeError(`dpkg cannot be asked: ${utf8(stderr).trim() || 'is this a Debian host?'}`)
  const packages = new Map<string, PackageFact>()
  for (const line of stdout.slice(0, end).split('\n')) {
    const [name = '', status = '', version = ''] = line.split(/ +/)
    if (name !== '') packages.set(name, packageFact(status, version))
  }
  const now = Number(rest[1])
  const fetched = rest[2] === undefined || rest[2] === '' ? undefined : Number(rest[2])
  const candidates = new Map([...rest.slice(2).join('\n').matchAll(/^(\S+):\n  Installed: .*\n  Candidate: (\S+)$/gm)].flatMap(([, name = '', version = '']) => (version === '(none)' ? [] : [[name, version] as const])))
  return { packages, interrupted: rest[0] === 'interrupted', listsAge: fetched === undefined || Number.isNaN(now) ? undefined : Math.max(0, now - fetched), candidates }
}

/** dpkg-query(1): the second letter is the status. `c` (only configuration left) counts as absent. */
function packageFact(status: string, version: string): PackageFact {
  switch (status[1]) {
    case 'i': return { kind: 'installed', version }
    case 'n': case 'c': return { kind: 'absent' }
    default: return { kind: 'broken', state: status }
  }
}

function foresee(names: readonly string[], state: PackagesState, known: Fact): PackagesState | undefined {
  for (const name of names) {
    const told = factAbout(known, 'package', name)
    if (told) return { ...state, packages: new Map([...state.packages, [name, told.value]]) }
  }
  return state
}
