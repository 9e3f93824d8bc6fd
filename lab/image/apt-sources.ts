// The lab's own apt configuration for each release, on the mirror that this machine's apt uses.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../lab-error.ts'
import { local } from '../local.ts'
import { PACKAGES_LOCK, withLock } from '../lock.ts'
import type { Release } from './releases.ts'
import { say } from '../say.ts'

const DAY_MS = 24 * 3600 * 1000

/** Signs all of Debian's releases; the package debian-archive-keyring brings it. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Where Debian's packages come from: this machine's mirror. */
interface Mirror {
  readonly archive: string
  readonly security: string | undefined
}

/** The apt of one release: nothing of it touches this machine's own lists or sources. */
export interface LabApt {
  /** One-line sources (sources.list(5)), for mmdebstrap too. */
  readonly sourcesPath: string
  /** For apt-get: the release's sources and lists in place of this machine's. */
  readonly flags: readonly string[]
}

/**
 * Fetches this machine's own package lists where there are none of Debian, or old ones: they name packages that are
 * gone. To be called under PACKAGES_LOCK: apt-get update does not wait for another one.
 */
export async function refreshLists(): Promise<void> {
  if ((await youngerThanADay('/var/lib/apt/lists')) && (await debianTargets()).length > 0) return
  say('apt-get update')
  await local`apt-get --quiet --quiet update`
}

/**
 * Prepares the apt of a release, its lists at most a day old.
 *
 * @param directory - where its sources and lists are kept; made where it is missing.
 * @throws LabError where this machine's apt has no source of Debian, or the mirror does not have the release.
 */
export async function labApt(directory: string, release: Release): Promise<LabApt> {
  await withLock(PACKAGES_LOCK, refreshLists)
  const [lists, sourcesPath] = [join(directory, 'lists'), join(directory, 'sources.list')]
  await mkdir(join(lists, 'partial'), { recursive: true, mode: 0o755 })
  const sources = sourceLines(await mirror(), release)
  await writeFile(sourcesPath, sources)
  const flags = aptFlags({
    'Dir::Etc::sourcelist': sourcesPath,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
    'Dir::Etc::preferencesparts': '-',
    'Dir::State::lists': lists,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Default-Release': '',
  })
  // Holds the sources that the lists were fetched from.
  const fetched = join(directory, 'fetched')
  const sameSources = (await readFile(fetched, 'utf8').catch(() => '')) === sources
  if (!sameSources || !(await youngerThanADay(fetched))) {
    say(`apt-get update for Debian ${release}`)
    await local`apt-get --quiet --quiet ${flags} update`
    await writeFile(fetched, sources)
  }
  return { sourcesPath, flags }
}

/** Options of apt.conf(5) as arguments. */
export const aptFlags = (options: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])

/** Proxies that apt uses here, as apt.conf(5) lines. */
export async function aptProxies(): Promise<readonly string[]> {
  const settings = (await local`apt-config dump`).split('\n')
  return settings.filter((line) => /^Acquire::https?::Proxy\b/i.test(line))
}

/** Pure: the main component of the release, its updates and its security fixes. */
export function sourceLines({ archive, security }: Mirror, release: Release): string {
  const suites = [
    [archive, release],
    [archive, `${release}-updates`],
    ...(security === undefined ? [] : [[security, `${release}-security`]]),
  ]
  return suites.map(([uri, suite]) => `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`).join('')
}

async function mirror(): Promise<Mirror> {
  const targets = await debianTargets()
  const archive = targets.find(({ suite }) => !suite.includes('-'))
  if (archive === undefined) {
    throw new LabError(
      "apt on this machine has no source of Debian's main component, from whose mirror the hosts are made: " +
        'run the lab on Debian 12, or add that source to /etc/apt/sources.list.d and run "apt-get update"',
    )
  }
  return { archive: archive.uri, security: targets.find(({ suite }) => suite.endsWith('-security'))?.uri }
}

interface Target {
  readonly uri: string
  readonly suite: string
}

/** What this machine's apt has of Debian's main component, of whatever release. */
async function debianTargets(): Promise<readonly Target[]> {
  const format = '$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)'
  const lines = await local`apt-get indextargets --format ${format} ${'Created-By: Packages'}`
  return lines.split('\n').flatMap((line) => {
    const [origin, component, suite = '', uri = ''] = line.split('|')
    return origin === 'Debian' && component === 'main' ? [{ uri, suite }] : []
  })
}

async function youngerThanADay(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs < DAY_MS
}
