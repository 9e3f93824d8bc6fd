// Task `aptRepository`: a repository of apt is configured, with the key that signs it.
import { primaryKeys } from '../src/resources/apt/openpgp-key.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { withoutFile } from '../src/resources/files/with-file.ts'
import { listOf, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { change, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../src/core/probe/probe.ts'
import { ANYTHING } from '../src/core/task/resource.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

interface Repository {
  /** `https://deb.example.org/debian` */
  readonly uris: readonly string[]
  /** `bookworm`; of a flat repository a path that ends in a slash: `./`. */
  readonly suites: readonly string[]
  /** `main`; a flat repository has none. */
  readonly components?: readonly string[]
  /** Left out: those of the host. */
  readonly architectures?: readonly string[]
  /** Left out: `['deb']`. */
  readonly types?: readonly ('deb' | 'deb-src')[]
  /** The public key that signs it, in ASCII armor. */
  readonly key: string
  /** Of that key, in 40 hexadecimal digits: what is in `key` must be this key, and no other. */
  readonly fingerprint: string
}

export type AptRepositoryArgs = {
  /** Of the files: `/etc/apt/sources.list.d/NAME.sources`, `/etc/apt/keyrings/NAME.asc`. */
  readonly name: string
} & (
  | (Repository & { readonly state?: 'present' })
  /** Neither file. What was installed from there stays. */
  | ({ readonly [Key in keyof Repository]?: never } & { readonly state: 'absent' })
)

export interface AptRepositoryState {
  readonly key: PathState
  readonly sources: PathState
  /** Whether apt has its package lists. */
  readonly fetched: boolean
}

const EXAMPLE_FINGERPRINT = 'E3F14DFC5BBE4E2B81B9871DC2EE358DB4FE18B2'
const EXAMPLE_KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdAsqJitzCU4KaZpbDIiIGBqF7QCcW0EQKQ2RlQ
ekUQ7Ni0D21haWxydW4gZXhhbXBsZYiQBBMWCAA4FiEE4/FN/Fu+TiuBuYcdwu41
jbT+GLIFAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQwu41jbT+
GLIsCwEAnPFJhzcv9vzrTNC1xiPC6w0eX/gLSF5G3EXnMU0k2ksA/ie7v9mF8+Ol
MMyRftifO1V9eEfIgk851pxQueqbsyUG
=8Ms5
-----END PGP PUBLIC KEY BLOCK-----`
const EXAMPLE_REPOSITORY = `
mkdir -p /srv/example
cat > /srv/example/InRelease <<'end'
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

Origin: mailrun
Suite: example
Codename: example
Date: Mon, 01 Jan 2024 00:00:00 UTC
Architectures: all amd64
SHA256:
 9c37f60b8868fbc0ba455585d86528634e10a656d11a36a6b80d80fc1804eb76 209 Packages
-----BEGIN PGP SIGNATURE-----

iHUEARYKAB0WIQTj8U38W75OK4G5hx3C7jWNtP4YsgUCZZIAgAAKCRDC7jWNtP4Y
spbTAPsFGrEtY2ENeZQfHKnBxop7eEIU84OuVLGM4FpENeJhdQEA/61ERiNogqCR
N2LbjK6lL9Y/Pnkazayo9PVwkMcTGgQ=
=g2q0
-----END PGP SIGNATURE-----
end
cat > /srv/example/Packages <<'end'
Package: mailrun-example
Version: 1.0
Architecture: all
Maintainer: x <x@example.org>
Filename: ./x.deb
Size: 1
SHA256: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
Description: an example
end`

/**
 * A repository, in the form of sources.list(5) that Debian calls deb822. Its key signs it alone: no other repository is
 * trusted for it. Its package lists are fetched once it is new; the key comes with the playbook, and is never fetched.
 *
 * @ansible deb822_repository
 */
export const aptRepository = defineTask<AptRepositoryArgs, AptRepositoryState>({
  type: 'aptRepository',
  name: ({ name }) => name,
  arguments: {
    name: required(text),
    uris: listOf(text),
    suites: listOf(text),
    components: listOf(text),
    architectures: listOf(text),
    types: listOf(oneOf('deb', 'deb-src')),
    key: text,
    fingerprint: text,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    (/^[a-z0-9][a-z0-9_-]{0,99}$/i.test(args.name)
      ? undefined
      : `name must be of letters, digits, _ and -, got ${JSON.stringify(args.name)}`) ?? checkGiven(args),
  probe: ({ name }) =>
    joinProbes<boolean, PathState, AptRepositoryState>(
      fetchedProbe(name),
      [keyOf(name), sourcesOf(name)].map((path) => pathProbe({ path, wanted: 'shown' })),
      (fetched, [key, sources]) => ({ fetched, key: key!, sources: sources! }),
      ({ fetched, key, sources }) => [fetched, [key, sources]],
    ),
  plan: (args, now) => (args.state === 'absent' ? remove(args.name, now) : add(args.name, args, now)),
  // It may bring any package.
  writes: ({ name }) => [`path:${keyOf(name)}`, `path:${sourcesOf(name)}`, `apt-lists:${name}`, ANYTHING],
  owns: ({ name }) => [`content:${keyOf(name)}`, `content:${sourcesOf(name)}`],
  examples: [
    {
      title: 'A flat repository',
      args: {
        name: 'example',
        uris: ['file:/srv/example'],
        suites: ['./'],
        key: EXAMPLE_KEY,
        fingerprint: EXAMPLE_FINGERPRINT,
      },
      given: EXAMPLE_REPOSITORY,
    },
    {
      title: 'No such repository',
      args: { name: 'former', state: 'absent' },
      given: `
printf 'Types: deb\\nURIs: file:/srv/former\\nSuites: ./\\nEnabled: no\\n' > /etc/apt/sources.list.d/former.sources
mkdir -p /etc/apt/keyrings
touch /etc/apt/keyrings/former.asc`,
    },
  ],
})

const keyOf = (name: string): string => `/etc/apt/keyrings/${name}.asc`
const sourcesOf = (name: string): string => `/etc/apt/sources.list.d/${name}.sources`

/** Arguments of which a playbook without types may give any. */
type Given = { readonly [Key in keyof Repository]?: Repository[Key] | undefined } & { readonly state?: string }

function checkGiven(args: Given): string | undefined {
  const { uris, suites, components, architectures, types, key, fingerprint, state } = args
  const given: readonly unknown[] = [uris, suites, components, architectures, types, key, fingerprint]
  if (state === 'absent')
    return given.some((each) => each !== undefined) ? 'state: absent goes with nothing but name' : undefined
  if (uris === undefined || suites === undefined || uris.length * suites.length === 0)
    return 'uris and suites are wanted'
  if (key === undefined || fingerprint === undefined) return 'key and fingerprint are wanted'
  return (
    checkWords('uris', uris, /^[a-z][a-z0-9+-]*:[\x21-\x7e]+$/) ??
    checkWords('suites', suites, /^[\w./~+-]+$/) ??
    checkWords('components', components ?? [], /^[\w./-]+$/) ??
    checkWords('architectures', architectures ?? [], /^[a-z0-9-]+$/) ??
    checkFlat(suites, components ?? []) ??
    checkKey(key, fingerprint)
  )
}

const checkWords = (argument: string, words: readonly string[], pattern: RegExp): string | undefined => {
  const wrong = words.find((word) => !pattern.test(word))
  return wrong === undefined ? undefined : `${argument}: ${JSON.stringify(wrong)} is none`
}

/** sources.list(5): a flat repository has no components, all others have. */
function checkFlat(suites: readonly string[], components: readonly string[]): string | undefined {
  const flat = suites.filter((suite) => suite.endsWith('/')).length
  if (flat === 0) return components.length === 0 ? 'components are wanted, but for a suite that ends in /' : undefined
  if (flat < suites.length) return 'suites that end in / and others do not go together'
  return components.length > 0 ? 'components do not go with a suite that ends in /' : undefined
}

function checkKey(key: string, fingerprint: string): string | undefined {
  const wanted = fingerprint.replace(/ /g, '').toUpperCase()
  if (!/^[0-9A-F]{40}$/.test(wanted))
    return `fingerprint must be 40 hexadecimal digits, got ${JSON.stringify(fingerprint)}`
  const keys = primaryKeys(key)
  if ('wrong' in keys) return `key: ${keys.wrong}`
  return keys.length === 1 && keys[0] === wanted
    ? undefined
    : `key has the fingerprint ${keys.join(' and ')}, not ${wanted}`
}

const sourcesText = (name: string, { types, uris, suites, components, architectures }: Repository): string =>
  [
    `Types: ${(types ?? ['deb']).join(' ')}`,
    `URIs: ${uris.join(' ')}`,
    `Suites: ${suites.join(' ')}`,
    ...(components === undefined || components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
    ...(architectures === undefined ? [] : [`Architectures: ${architectures.join(' ')}`]),
    `Signed-By: ${keyOf(name)}`,
    '',
  ].join('\n')

function add(name: string, args: Repository, now: AptRepositoryState): Plan<AptRepositoryState> {
  const root = { owner: 'root', group: 'root', mode: '0644', wanted: 'shown', secret: false } as const
  const key = putContent({ path: keyOf(name), content: Buffer.from(`${args.key.trim()}\n`), ...root }, now.key)
  const content = Buffer.from(sourcesText(name, args))
  const sources = putContent({ path: sourcesOf(name), content, ...root }, now.sources)
  if (key.kind === 'blocked') return key
  if (sources.kind === 'blocked') return sources
  const files = [...changesOf(key, 'key'), ...changesOf(sources, 'sources')]
  const isNew = sources.kind === 'change' || !now.fetched
  const fetches = isNew ? [{ summary: 'fetch its package lists', apply: fetchLists(name), timeoutSeconds: 600 }] : []
  return change([...files, ...fetches], {
    key: thenOf(key, now.key),
    sources: thenOf(sources, now.sources),
    fetched: true,
  })
}

const changesOf = (plan: SettledPlan<PathState>, what: string): readonly Change[] =>
  plan.kind === 'change' ? plan.changes.map((each) => ({ ...each, summary: `${what}: ${each.summary}` })) : []

const thenOf = (plan: SettledPlan<PathState>, now: PathState): PathState => (plan.kind === 'change' ? plan.then : now)

/** Of this repository alone; the lists of others stay as they are. */
const alone = (name: string): readonly string[] => [
  '-o',
  `Dir::Etc::sourcelist=${sourcesOf(name)}`,
  '-o',
  'Dir::Etc::sourceparts=/dev/null',
  '-o',
  'APT::Get::List-Cleanup=0',
]

const fetchLists = (name: string) => sh`apt-get -q update --error-on=any ${alone(name)}`

function remove(name: string, now: AptRepositoryState): Plan<AptRepositoryState> {
  const sources = withoutFile(sourcesOf(name), now.sources)
  const key = withoutFile(keyOf(name), now.key)
  if (sources.kind === 'blocked') return sources
  if (key.kind === 'blocked') return key
  return change([...changesOf(sources, 'sources'), ...changesOf(key, 'key')], {
    key: thenOf(key, now.key),
    sources: thenOf(sources, now.sources),
    fetched: false,
  })
}

/** apt-get(8) tells of lists that it has, alone: nothing is asked of others. */
const fetchedProbe = (name: string): Probe<boolean> =>
  defineProbe<boolean>({
    key: `apt lists of ${name}`,
    reads: [`apt-lists:${name}`],
    script: sh`
[ ! -e ${sourcesOf(name)} ] || apt-get indextargets ${alone(name)} --format '$(FILENAME)' 2>/dev/null | head -n 1
${raw(END)}`,
    parse: (answer) => whole(answer, `the lists of ${name} cannot be asked for`).trim() !== '',
    foresee: (state) => state,
  })
