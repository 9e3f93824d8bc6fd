// Which suites of the lab run on which Debian releases, and how long each took when that was recorded last.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_RELEASE, RELEASES, type Release } from '../lab/image/releases.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const SOURCES = join(ROOT, 'test/lab')
const RECORD = join(SOURCES, 'seconds.json')
const ENDING = '.test.ts'

/** These run on every release, all others on the default one. What rotates on each is in `mixed-fleet`. */
const ON_EVERY_RELEASE: readonly string[] = [
  'activation',
  'activation-faults',
  'activation-kill',
  'adopt',
  'audit',
  'become',
  'connections',
  'dkim',
  'facts',
  'faults-packages',
  'hardening',
  'key-owners',
  'laws',
  'mail-host',
  'milters',
  'mounts',
  'odd-states',
  'opendkim-reader',
  'penalties',
  'provides',
  'ssh-config',
  'swap',
  'together',
  'units',
  'verify',
]

/** Their labs have hosts of every release at once: they run once. */
const OF_EVERY_RELEASE: readonly string[] = ['mixed-fleet', 'self-test']

/** Seconds by suite and release. */
export type SuiteSeconds = Readonly<Record<string, Readonly<Partial<Record<Release, number>>>>>

/** The names of all suites: `laws` is test/lab/laws.test.ts. */
export const labSuites = (): readonly string[] =>
  readdirSync(SOURCES)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort()

export const releasesOf = (suite: string): readonly Release[] =>
  ON_EVERY_RELEASE.includes(suite) ? RELEASES : [DEFAULT_RELEASE]

/** Whether hosts of every release are in the one lab that the suite has. */
export const isMixed = (suite: string): boolean => OF_EVERY_RELEASE.includes(suite)

export const recordedSeconds = (): SuiteSeconds => JSON.parse(readFileSync(RECORD, 'utf8')) as SuiteSeconds

/** Keeps what was measured now, and what was measured before of suites and releases that did not run. */
export function recordSeconds(measured: SuiteSeconds): void {
  const before = recordedSeconds()
  const suites = labSuites().map((suite) => [suite, { ...before[suite], ...measured[suite] }] as const)
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(suites), null, 2)}\n`)
}

/** What the first comment of a suite says that it is. */
export function aboutSuite(suite: string): string {
  const [comment = ''] = /^(?:\/\/.*\n)+/.exec(readFileSync(join(SOURCES, suite + ENDING), 'utf8')) ?? []
  return comment
    .replace(/^\/\/ ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}
