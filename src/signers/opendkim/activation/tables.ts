// Computes which key signs for each domain from now on, and OpenDKIM's tables that say so.
import { isSameName } from '../../../mail/names/names.ts'
import { signerOf } from '../../../mail/fleet/own-name.ts'
import { keyTableLines, signingTableLines, type CarriedLine } from '../files/signing-table.ts'
import { ancestorsOf, type Signing } from '../../keys/signing.ts'
import { TABLE_HEADER } from '../setup/signing.ts'

/**
 * The lines that there are to be, in the order of the domains: the key in use, else the first one, but for the domains
 * for which another was chosen.
 *
 * @param chosen - keys that are to sign from now on, whatever signs now.
 */
export const signingLines = (signing: readonly Signing[], chosen: readonly Signing[]): readonly Signing[] => {
  const byDomain = new Map(chosen.map((each) => [each.domain, each]))
  return signing.map((each) => switched(each, byDomain.get(each.domain)))
}

/** What the host will answer once the tables name another key. */
function switched(signing: Signing, chosen: Signing | undefined): Signing {
  if (chosen === undefined || isSameName(chosen.selector, signing.selector)) return signing
  const { selector, path, key, directories, groups } = chosen
  // That of the tables stays among them, wherever the key lies.
  const above = new Set(ancestorsOf(path))
  const others = signing.directories.filter((each) => !above.has(each.path))
  return { ...signing, selector, path, key, directories: [...directories, ...others], groups }
}

/** Once the tables name it or not: they name no key that is gone. */
export const named = ({ past, ...signing }: Signing, inUse: boolean): Signing =>
  inUse || past === undefined || past.events.length === 0
    ? { ...signing, inUse }
    : { ...signing, inUse, past: { events: past.events, today: past.today } }

const table = (lines: readonly string[]): string => `${TABLE_HEADER}\n${lines.map((line) => `${line}\n`).join('')}`

/** opendkim.conf(5): `KeyTable file:…`. */
export const keyTable = (lines: readonly Signing[]): string => table(keyTableLines(lines))

/**
 * opendkim.conf(5): `SigningTable refile:…`.
 *
 * @param hostName - the host's own
 * @param carried - what is signed besides
 */
export const signingTable = (
  lines: readonly Signing[],
  hostName: string | undefined,
  carried: readonly CarriedLine[],
): string => table(signingTableLines(lines, hostName, carried))

/** Who signs mail from whom; nobody where there is no selector. */
export interface Signer {
  /** What stands behind the @ in From. */
  readonly from: string
  readonly domain: string
  readonly selector: string | undefined
}

/** Of the lines that are carried over, so many are proved: the others are like them. */
const CARRIED_ASKED = 20
/** A name below a domain. */
const ANY_NAME = 'mailrun-any'

/**
 * Of all from which mail is to be signed or not.
 *
 * @param open - of these lines, those that there are to be: mail of the other domains is not signed.
 */
export function signersOf(
  lines: readonly Signing[],
  open: readonly Signing[],
  hostName: string | undefined,
  carried: readonly CarriedLine[],
): readonly Signer[] {
  const own =
    hostName === undefined
      ? undefined
      : signerOf(
          hostName,
          open.map(({ domain }) => domain),
        )
  const signs = new Set(open)
  return [
    ...lines.map((each) => ({
      from: each.domain,
      domain: each.domain,
      selector: signs.has(each) ? each.selector : undefined,
    })),
    ...open
      .filter(({ domain }) => domain === own && domain !== hostName)
      .map(({ domain, selector }) => ({ from: hostName!, domain, selector })),
    ...carried.slice(0, CARRIED_ASKED).flatMap(({ pattern, domain }) => {
      const selector = open.find((each) => each.domain === domain)?.selector
      const from = pattern.replace(/^\*@/, '').replace(/^\*\./, `${ANY_NAME}.`)
      return lines.some((each) => each.domain === from) ? [] : [{ from, domain, selector }]
    }),
  ]
}
