// The Debian releases that mailrun knows, and every fact that its code or its lab needs and that differs between them.
// What differs otherwise is in docs/releases.md.
import type { HostFacts } from '../../core/fleet/host-facts.ts'

/** Oldest first, by Debian's codename, as apt's sources and os-release(5) have it. */
export const RELEASES = ['bookworm', 'trixie'] as const

export type Release = (typeof RELEASES)[number]

/** What it is in words, what holds on each release, and where that can be looked up. */
export type ReleaseFact = Readonly<Record<Release | 'about' | 'source', string>>

/** Read through {@link releaseFacts}, and by docs/releases.md. */
export const RELEASE_FACTS = {
  version: {
    about: '`VERSION_ID` of os-release(5)',
    bookworm: '12',
    trixie: '13',
    source: '/etc/os-release of base-files',
  },
  postfixUnit: {
    about: "the unit whose main process is Postfix's master(8); `postfix.service` is a oneshot where it is another",
    bookworm: 'postfix@-.service',
    trixie: 'postfix.service',
    source: 'postfix.service of postfix 3.7.11; of 3.10.13: "pre-3.9.1-7 multi-instance setup"',
  },
  libopendmarc: {
    about: "the package with OpenDMARC's library, by which the lab judges mail",
    bookworm: 'libopendmarc2',
    trixie: 'libopendmarc2t64',
    source: 'debian/control of opendmarc; the transition to a time_t of 64 bits',
  },
} as const satisfies Readonly<Record<string, ReleaseFact>>

export type ReleaseFacts = Readonly<Record<keyof typeof RELEASE_FACTS, string>>

export function releaseFacts(release: Release): ReleaseFacts {
  const facts = Object.entries(RELEASE_FACTS).map(([name, fact]) => [name, fact[release]] as const)
  return Object.fromEntries(facts) as Record<keyof typeof RELEASE_FACTS, string>
}

/** `postfix.service` is a oneshot that stands for these units on some release. */
export const POSTFIX_INSTANCES: readonly string[] = RELEASES.map(
  (release) => RELEASE_FACTS.postfixUnit[release],
).filter((unit) => unit !== 'postfix.service')

const NEWEST: Release = 'trixie'

/** The longest name of a system that is repeated as its host gives it. */
const NAME_AT_MOST = 60

/**
 * What to tell of a host whose system is none of {@link RELEASES}; `undefined` where it is one. Nothing asks for the
 * release of a host to decide what to do, so that all else goes on as on the newest.
 */
export function unknownRelease({ id, versionId, codename }: HostFacts['os']): string | undefined {
  if (id === 'debian' && RELEASES.some((release) => RELEASE_FACTS.version[release] === versionId)) return undefined
  const name = [id, versionId, codename && `(${codename})`].filter((word) => word !== '').join(' ')
  const shown = name === '' ? 'a system that does not say its name' : name.slice(0, NAME_AT_MOST)
  return `${shown} is not tested: it is treated as Debian ${RELEASE_FACTS.version[NEWEST]} (mailrun self-test tries it)`
}
