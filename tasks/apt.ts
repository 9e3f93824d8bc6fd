// Task `apt`: Debian packages are installed, up to date, or removed.
import { checkPackage } from '../src/resources/apt/check-package.ts'
import { installScript, removeScript, type DebconfAnswer } from '../src/resources/apt/apt-script.ts'
import { dueOf, isHeld, type Due } from '../src/resources/apt/due-package.ts'
import {
  either,
  flag,
  listOf,
  number,
  object,
  oneOf,
  record,
  required,
  seconds,
  secret,
  text,
} from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Fact, PackageFact } from '../src/core/task/fact.ts'
import { blocked, change, ok, type Plan } from '../src/core/task/plan.ts'
import { ANYTHING, type Resource } from '../src/core/task/resource.ts'
import { isKnown, UNKNOWN } from '../src/core/unknown.ts'
import { bareName, packagesProbe, type PackagesState } from '../src/resources/apt/deb-package.ts'
import { provides as providedBy } from '../src/resources/apt/package-provides.ts'
import type { Script } from '../src/shell/script.ts'

export interface AptPackage {
  readonly name: string
  /** Just this version, as Debian writes it: `3.7.11-0+deb12u1`. */
  readonly version?: string
}

export interface AptArgs {
  /**
   * Names (`name:arch` for another architecture), or names with a version. A virtual name, such as
   * `mail-transport-agent`, counts as installed if an installed package provides it.
   */
  readonly packages: readonly (string | AptPackage)[]
  /** `latest` upgrades to what apt's lists have, and leaves held packages alone. Default: `present`. */
  readonly state?: 'present' | 'absent' | 'latest'
  /**
   * Also changes packages that are held (apt-mark hold); they stay held. Default: the task refuses to remove a held
   * package or to change its version.
   */
  readonly allowHeld?: boolean
  /** With `absent`: removes configuration files too. */
  readonly purge?: boolean
  /**
   * Before an installation, and for `latest`, apt's lists are fetched again if they are older than this, in seconds.
   * Default: 3600.
   */
  readonly cacheValidSeconds?: number
  /** Whether recommended packages are installed, too. Default: as apt is configured. */
  readonly recommends?: boolean
  /** Answers to debconf's questions, given before installing. */
  readonly debconf?: readonly DebconfAnswer[]
  /**
   * What the packages bring (users, groups, paths, units), so that a check can predict the tasks after this one. For
   * the packages of mailrun's own playbooks, this is known already.
   */
  readonly provides?: readonly Fact[]
  /** Seconds to wait for another apt or dpkg. Default: 600. */
  readonly lockSeconds?: number
  /** The time limit in seconds. Default: 1800. */
  readonly timeoutSeconds?: number
}

/**
 * Installs, upgrades or removes packages. It never asks, keeps changed configuration files, and repairs an interrupted
 * dpkg.
 *
 * @ansible apt
 */
export const apt = defineTask<AptArgs, PackagesState>({
  type: 'apt',
  name: ({ packages }) =>
    packages
      .map((each) =>
        typeof each === 'string' ? each : `${each.name}${each.version === undefined ? '' : `=${each.version}`}`,
      )
      .join(', '),
  arguments: {
    packages: required(listOf(either(text, object({ name: required(text), version: text })))),
    state: oneOf('present', 'absent', 'latest'),
    allowHeld: flag,
    purge: flag,
    cacheValidSeconds: number,
    recommends: flag,
    debconf: listOf(
      object({
        package: required(text),
        question: required(text),
        type: required(oneOf('select', 'multiselect', 'string', 'boolean', 'note', 'password')),
        value: required(either(text, secret)),
      }),
    ),
    provides: listOf(record),
    lockSeconds: number,
    timeoutSeconds: seconds,
  },
  check: ({ packages, state, debconf }) =>
    (packages.length === 0 ? 'packages is empty' : undefined) ??
    twice(packages.map((each) => (typeof each === 'string' ? each : each.name))) ??
    packages
      .map((each) => checkPackage(typeof each === 'string' ? { name: each } : each))
      .find((wrong) => wrong !== undefined) ??
    (state === 'absent' && debconf !== undefined ? 'debconf goes with installing only' : undefined) ??
    (debconf ?? [])
      .map(({ question, value }) =>
        /\s/.test(question) || /[\n\0]/.test(typeof value === 'string' ? value : value.reveal())
          ? `debconf: ${JSON.stringify(question)} and its value must be on one line`
          : undefined,
      )
      .find((wrong) => wrong !== undefined),
  probe: (args) =>
    packagesProbe(
      namesOf(args),
      args.state === 'latest' ? { validSeconds: args.cacheValidSeconds ?? CACHE_SECONDS } : undefined,
    ),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : install(args, now)),
  writes: (args) => {
    const reported = namesOf(args).map((name) => broughtBy(name))
    const facts = [...reported.flatMap((each) => each ?? []), ...(args.provides ?? [])]
    const known = args.provides !== undefined || reported.every((each) => each !== undefined)
    return [
      ...namesOf(args).map((name): Resource => `package:${name}`),
      ...facts.map(({ resource }) => resource),
      ...(known ? [] : [ANYTHING]),
    ]
  },
  owns: (args) => namesOf(args).map((name): Resource => `package:${name}`),
  examples: [
    { title: 'Packages', beside: 'packages', args: { packages: ['mailrun-canary'] } },
    {
      title: 'One version, with an answer to its question',
      beside: 'packages',
      args: {
        packages: [{ name: 'mailrun-canary', version: '1.0' }],
        debconf: [{ package: 'mailrun-canary', question: 'mailrun-canary/colour', type: 'select', value: 'blue' }],
      },
    },
    {
      title: 'The latest version',
      beside: 'packages',
      args: { packages: ['mailrun-canary'], state: 'latest', cacheValidSeconds: 86400 },
      given:
        'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install mailrun-canary=1.0 >/dev/null 2>&1',
    },
    {
      title: 'Another version of a package that is held',
      beside: 'packages',
      args: { packages: [{ name: 'mailrun-canary', version: '1.0' }], allowHeld: true },
      given: `
apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install mailrun-canary=2.0 >/dev/null 2>&1
apt-mark -q hold mailrun-canary`,
    },
    {
      title: 'No such package',
      beside: 'packages',
      args: { packages: ['mailrun-canary'], state: 'absent', purge: true },
      given: `
apt-mark -q unhold mailrun-canary
apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install mailrun-canary >/dev/null 2>&1`,
    },
  ],
})

const twice = (names: readonly string[]): string | undefined => {
  const again = names.find((name, index) => names.indexOf(name) < index)
  return again === undefined ? undefined : `packages names ${again} twice`
}

const CACHE_SECONDS = 3600
const LOCK_SECONDS = 600
const INSTALL_SECONDS = 1800

/** What a package brings, whatever its architecture; `undefined` if that is not known. */
const broughtBy = (name: string): readonly Fact[] | undefined => providedBy(bareName(name))

const namesOf = ({ packages }: AptArgs): readonly string[] =>
  packages.map((each) => (typeof each === 'string' ? each : each.name))

const packageOf = (each: string | AptPackage): AptPackage => (typeof each === 'string' ? { name: each } : each)

function install(args: AptArgs, now: PackagesState): Plan<PackagesState> {
  const { state, allowHeld = false, timeoutSeconds = INSTALL_SECONDS } = args
  const stale = isKnown(now.listsAreOld) && now.listsAreOld
  const looked = args.packages.map((each) =>
    dueOf(packageOf(each), { latest: state === 'latest', allowHeld, stale }, now),
  )
  const forbidden = looked.find((each) => typeof each === 'string')
  if (forbidden !== undefined) return blocked(forbidden)
  const due = looked.filter((each): each is Due => typeof each === 'object')
  const left = heldBack(args, now)
  if (due.length === 0 && !now.interrupted) return left.length === 0 ? ok : { kind: 'ok', note: left.join(', ') }
  const perhaps = due.some((each) => each.perhaps)
  const summary = [
    ...(now.interrupted ? ['finish what dpkg was interrupted in'] : []),
    ...(perhaps ? ['fetch the package lists'] : []),
    ...due.map((each) => each.summary),
    ...left,
  ].join(', ')
  const plan = change<PackagesState>(
    [{ summary, apply: scriptFor(args, due), timeoutSeconds }],
    {
      packages: installed(now, due),
      candidates: perhaps ? new Map(namesOf(args).map((name) => [name, UNKNOWN] as const)) : now.candidates,
      interrupted: false,
      listsAreOld: state === 'latest' ? UNKNOWN : false,
    },
    factsOf(args, due),
    writesOf(args, due),
  )
  return plan.kind === 'change' && !now.interrupted && due.every((each) => each.perhaps)
    ? { ...plan, perhaps: 'the package lists, which are too old, are fetched' }
    : plan
}

/** Which packages `latest` leaves alone, in words. */
function heldBack({ packages, state, allowHeld }: AptArgs, now: PackagesState): readonly string[] {
  if (state !== 'latest' || allowHeld) return []
  return packages
    .map(packageOf)
    .filter(({ name, version }) => {
      const is = now.packages.get(name)!
      return version === undefined && is.kind === 'installed' && is.held
    })
    .map(({ name }) => `${name} is held and left as it is`)
}

function scriptFor(args: AptArgs, due: readonly Due[]): Script {
  const names = (which: (each: Due) => boolean): readonly string[] => due.filter(which).map(({ name }) => name)
  return installScript({
    packages: due,
    reinstall: names(({ reinstall }) => reinstall),
    held: names(({ held }) => held),
    debconf: args.debconf ?? [],
    recommends: args.recommends,
    cacheValidSeconds: args.cacheValidSeconds ?? CACHE_SECONDS,
    latest: args.state === 'latest',
    lockSeconds: args.lockSeconds ?? LOCK_SECONDS,
  })
}

const installed = (now: PackagesState, due: readonly Due[]): PackagesState['packages'] =>
  new Map([
    ...now.packages,
    ...due.map(({ name, target, held }): [string, PackageFact] => [
      name,
      { kind: 'installed', version: target, ...(held ? { held } : {}) },
    ]),
  ])

function factsOf({ provides }: AptArgs, due: readonly Due[]): readonly Fact[] {
  const fresh = due.filter((each) => each.fresh)
  return [...fresh.flatMap(({ name }) => broughtBy(name) ?? []), ...(fresh.length > 0 ? (provides ?? []) : [])]
}

/** The resources that a change may write. A package that is installed already brings nothing new. */
function writesOf(
  { provides }: AptArgs,
  due: readonly { readonly name: string; readonly fresh: boolean }[],
): readonly Resource[] {
  const brought = due.filter(({ fresh }) => fresh).flatMap(({ name }) => broughtBy(name) ?? [])
  const known = provides !== undefined || due.every(({ name, fresh }) => fresh && broughtBy(name) !== undefined)
  return [
    ...due.map(({ name }): Resource => `package:${name}`),
    ...[...brought, ...(provides ?? [])].map(({ resource }) => resource),
    ...(known ? [] : [ANYTHING]),
  ]
}

function remove(args: AptArgs, now: PackagesState): Plan<PackagesState> {
  const due = namesOf(args).filter((name) => !['absent', 'provided'].includes(now.packages.get(name)!.kind))
  if (due.length === 0) return ok
  const held = due.filter((name) => {
    const is = now.packages.get(name)!
    return is.kind === 'installed' && is.held
  })
  if (held.length > 0 && !args.allowHeld) return blocked(held.map(isHeld).join('; '))
  const apply = removeScript(due, {
    purge: args.purge ?? false,
    held: held.length > 0,
    lockSeconds: args.lockSeconds ?? LOCK_SECONDS,
  })
  const after = new Map([...now.packages, ...due.map((name): [string, PackageFact] => [name, { kind: 'absent' }])])
  return change(
    [
      {
        summary: `${args.purge ? 'purge' : 'remove'} ${due.join(', ')}`,
        apply,
        timeoutSeconds: args.timeoutSeconds ?? INSTALL_SECONDS,
      },
    ],
    { ...now, packages: after },
  )
}
