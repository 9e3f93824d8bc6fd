// Task: Debian packages, by apt.
import { checkPackage } from '../src/changes/check-package.ts'
import { installScript, removeScript, type DebconfAnswer } from '../src/changes/apt-script.ts'
import { either, flag, listOf, number, object, oneOf, record, required, seconds, secret, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import type { Fact, PackageFact } from '../src/model/fact.ts'
import { change, ok, type Plan } from '../src/model/plan.ts'
import { ANYTHING, type Resource } from '../src/model/resource.ts'
import { isKnown, UNKNOWN } from '../src/model/unknown.ts'
import { packagesProbe, type PackagesState } from '../src/probes/deb-package.ts'
import { provides as providedBy } from '../src/probes/package-provides.ts'

export interface AptPackage {
  readonly name: string
  /** Just this version, as Debian writes it: `3.7.11-0+deb12u1`. */
  readonly version?: string
}

export interface AptArgs {
  /** Names, or names with a version. */
  readonly packages: readonly (string | AptPackage)[]
  /** `latest` upgrades to what apt's lists have. Left out: `present`. */
  readonly state?: 'present' | 'absent' | 'latest'
  /** With `absent`: removes configuration files too. */
  readonly purge?: boolean
  /** Apt's lists are fetched again before installing when they are older than this many seconds; left out: 3600. */
  readonly cacheValidSeconds?: number
  /** Left out: as apt is configured. */
  readonly recommends?: boolean
  /** Answers to debconf's questions, given before installing. */
  readonly debconf?: readonly DebconfAnswer[]
  /** What the packages bring (users, groups, paths, units), so that a check can foresee the tasks after this. Known for the packages of mailrun's own playbooks. */
  readonly provides?: readonly Fact[]
  /** Seconds to wait for another apt or dpkg; left out: 600. */
  readonly lockSeconds?: number
  /** Left out: 1800. */
  readonly timeoutSeconds?: number
}

/** Installs, upgrades or removes; never prompts, keeps changed configuration files, mends an interrupted dpkg. */
export const apt = defineTask<AptArgs, PackagesState>({
  type: 'apt',
  name: ({ packages }) => packages.map((each) => (typeof each === 'string' ? each : `${each.name}${each.version === undefined ? '' : `=${each.version}`}`)).join(', '),
  arguments: {
    packages: required(listOf(either(text, object({ name: required(text), version: text })))),
    state: oneOf('present', 'absent', 'latest'),
    purge: flag,
    cacheValidSeconds: number,
    recommends: flag,
    debconf: listOf(object({ package: required(text), question: required(text), type: required(oneOf('select', 'multiselect', 'string', 'boolean', 'note', 'password')), value: required(either(text, secret)) })),
    provides: listOf(record),
    lockSeconds: number,
    timeoutSeconds: seconds,
  },
  check: ({ packages, state, debconf }) =>
    (packages.length === 0 ? 'packages is empty' : undefined) ??
    packages.map((each) => checkPackage(typeof each === 'string' ? { name: each } : each)).find((wrong) => wrong !== undefined) ??
    (state === 'absent' && debconf !== undefined ? 'debconf goes with installing only' : undefined) ??
    (debconf ?? []).map(({ question, value }) => (/\s/.test(question) || /[\n\0]/.test(typeof value === 'string' ? value : value.reveal()) ? `debconf: ${JSON.stringify(question)} and its value must be on one line` : undefined)).find((wrong) => wrong !== undefined),
  probe: (args) => packagesProbe(namesOf(args), args.state === 'latest'),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : install(args, now)),
  writes: (args) => {
    const told = namesOf(args).map((name) => providedBy(name))
    const facts = [...told.flatMap((each) => each ?? []), ...(args.provides ?? [])]
    const known = args.provides !== undefined || told.every((each) => each !== undefined)
    return [...namesOf(args).map((name): Resource => `package:${name}`), ...facts.map(({ resource }) => resource), ...(known ? [] : [ANYTHING])]
  },
  owns: (args) => namesOf(args).map((name): Resource => `package:${name}`),
  examples: [
    { title: 'Packages', args: { packages: ['mailrun-canary'] } },
    { title: 'One version, with an answer to its question', args: { packages: [{ name: 'mailrun-canary', version: '1.0' }], debconf: [{ package: 'mailrun-canary', question: 'mailrun-canary/colour', type: 'select', value: 'blue' }] } },
    { title: 'The latest version', args: { packages: ['mailrun-canary'], state: 'latest', cacheValidSeconds: 86400 }, given: 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install mailrun-canary=1.0 >/dev/null 2>&1' },
    { title: 'No such package', args: { packages: ['mailrun-canary'], state: 'absent', purge: true }, given: 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install mailrun-canary >/dev/null 2>&1' },
  ],
})

const CACHE_SECONDS = 3600
const LOCK_SECONDS = 600
const INSTALL_SECONDS = 1800

const namesOf = ({ packages }: AptArgs): readonly string[] => packages.map((each) => (typeof each === 'string' ? each : each.name))

function install(args: AptArgs, now: PackagesState): Plan<PackagesState> {
  const { state, debconf, recommends, cacheValidSeconds = CACHE_SECONDS, lockSeconds = LOCK_SECONDS, timeoutSeconds = INSTALL_SECONDS } = args
  const stale = state === 'latest' && (now.listsAge === undefined || (isKnown(now.listsAge) && now.listsAge > cacheValidSeconds))
  const wanted = args.packages.map((each): AptPackage => (typeof each === 'string' ? { name: each } : each))
  const due = wanted.flatMap(({ name, version }) => {
    const is = now.packages.get(name)!
    const target = version ?? (state === 'latest' ? now.candidates.get(name) : undefined)
    if (is.kind === 'installed' && (target === undefined || is.version === target || is.version === UNKNOWN)) return []
    const to = is.kind === 'installed' && target !== undefined ? ` ${String(is.version)} → ${target}` : version === undefined ? '' : ` ${version}`
    return [{ name, version, fresh: is.kind !== 'installed', target, summary: is.kind === 'installed' ? `upgrade ${name}${to}` : is.kind === 'broken' ? `repair ${name}${to}` : `install ${name}${to}` }]
  })
  if (due.length === 0 && !stale && !now.interrupted) return ok
  const apply = installScript({ packages: due.map(({ name, version }) => ({ name, version })), debconf: debconf ?? [], recommends, cacheValidSeconds, lockSeconds })
  const summaries = [...(now.interrupted ? ['finish what dpkg was interrupted in'] : []), ...(stale && due.length === 0 ? ['fetch the package lists'] : []), ...due.map(({ summary }) => summary)]
  const after = new Map([...now.packages, ...due.map(({ name, target }): [string, PackageFact] => [name, { kind: 'installed', version: target ?? UNKNOWN }])])
  const facts = [...due.filter(({ fresh }) => fresh).flatMap(({ name }) => providedBy(name) ?? []), ...(due.some(({ fresh }) => fresh) ? (args.provides ?? []) : [])]
  return change([{ summary: summaries.join(', '), apply, timeoutSeconds }], { ...now, packages: after, interrupted: false, listsAge: now.listsAge === undefined && state !== 'latest' ? undefined : UNKNOWN }, facts, writesOf(args, due))
}

/** Of a package that is there already nothing is brought anew. */
function writesOf({ provides }: AptArgs, due: readonly { readonly name: string; readonly fresh: boolean }[]): readonly Resource[] {
  const brought = due.filter(({ fresh }) => fresh).flatMap(({ name }) => providedBy(name) ?? [])
  const known = provides !== undefined || due.every(({ name, fresh }) => fresh && providedBy(name) !== undefined)
  return [...due.map(({ name }): Resource => `package:${name}`), ...[...brought, ...(provides ?? [])].map(({ resource }) => resource), ...(known ? [] : [ANYTHING])]
}

function remove(args: AptArgs, now: PackagesState): Plan<PackagesState> {
  const due = namesOf(args).filter((name) => now.packages.get(name)!.kind !== 'absent')
  if (due.length === 0) return ok
  const apply = removeScript(due, args.purge ?? false, args.lockSeconds ?? LOCK_SECONDS)
  const after = new Map([...now.packages, ...due.map((name): [string, PackageFact] => [name, { kind: 'absent' }])])
  return change([{ summary: `${args.purge ? 'purge' : 'remove'} ${due.join(', ')}`, apply, timeoutSeconds: args.timeoutSeconds ?? INSTALL_SECONDS }], { ...now, packages: after })
}
