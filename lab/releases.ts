// The Debian releases that the lab can make hosts of, and what differs between them: package names, Postfix's units.
import { LabError } from './lab-error.ts'

/** The first one is taken where nobody says another. */
export const RELEASES = ['bookworm', 'trixie'] as const

/** Debian's codename, as apt's sources and /etc/os-release have it. */
export type Release = (typeof RELEASES)[number]

export const DEFAULT_RELEASE: Release = RELEASES[0]

export interface ReleaseFacts {
  /** `VERSION_ID` of os-release(5). */
  readonly version: string
  /** The package with OpenDMARC's library. */
  readonly libopendmarc: string
  /** The unit whose main process is Postfix's master; `postfix.service` alone says nothing of it on Debian 12. */
  readonly postfixUnit: string
}

export const RELEASE_FACTS: Readonly<Record<Release, ReleaseFacts>> = {
  bookworm: {
    version: '12',
    libopendmarc: 'libopendmarc2',
    postfixUnit: 'postfix@-.service',
  },
  trixie: {
    version: '13',
    libopendmarc: 'libopendmarc2t64',
    postfixUnit: 'postfix.service',
  },
}

/**
 * Reads a list of releases: `trixie`, `bookworm,trixie`.
 *
 * @throws LabError for a word that is no release, and for one that stands twice.
 */
export function parseReleases(words: string): readonly Release[] {
  const releases = words.split(',').map((word) => word.trim())
  const unknown = releases.find((word) => !RELEASES.some((release) => release === word))
  if (unknown !== undefined || new Set(releases).size < releases.length) {
    const wanted = `wanted ${RELEASES.join(' or ')}, or both with a comma between`
    throw new LabError(`no Debian releases that the lab can make: ${wanted}, got "${words}"`)
  }
  return releases as readonly Release[]
}
