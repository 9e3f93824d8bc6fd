// Each suite has a lab of its own, of the Debian release that the runner names.
import { releasesHere } from '../../lab/lab.ts'
import { DEFAULT_RELEASE, releaseFacts, type Release } from '../../lab/image/releases.ts'

/** What the suite's hosts are of. */
export const RELEASE: Release = releasesHere()?.[0] ?? DEFAULT_RELEASE

/** As os-release(5) has it: `12`. */
export const DEBIAN_VERSION = releaseFacts(RELEASE).version

/** Without its ending: `postfix@-`. */
export const POSTFIX_UNIT = releaseFacts(RELEASE).postfixUnit.replace(/\.service$/, '')

/** To be called before lab/index.ts is loaded: the same suite may run on another release at the same time. */
export function nameLab(name: string): void {
  process.env['MAILRUN_LAB_NAME'] = RELEASE === DEFAULT_RELEASE ? name : `${name}-${RELEASE}`
}
