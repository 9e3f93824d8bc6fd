// The Debian releases of which the lab can make hosts: all that mailrun knows.
import { RELEASES, type Release } from '../../src/resources/host/releases.ts'
import { LabError } from '../lab-error.ts'

export { RELEASES, releaseFacts, type Release } from '../../src/resources/host/releases.ts'

/** Taken where nobody says another. */
export const DEFAULT_RELEASE: Release = RELEASES[0]

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
