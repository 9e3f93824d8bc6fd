// What a host signs that its tables to come must go on signing, or the words by which a run refuses. Pure.
import type { CarriedLine } from '../files/signing-table.ts'
import { CLIENT, type KeepArgs } from '../../keep-args.ts'
import { lostText, refusal, refusedClients } from './loss-words.ts'
import { otherTables, setupObstacle } from './setup-obstacle.ts'
import { keptSigned, type Kept } from './signed-patterns.ts'
import type { OpendkimConfiguration } from '../configuration/index.ts'
import { signedClients, type SignedClients } from './signed-clients.ts'
import { isKnown } from '../../../core/unknown.ts'
import type { Signing } from '../../keys/signing.ts'
import { configurationOf, type OpendkimSetup } from '../setup/signing.ts'

export interface Keeping {
  readonly carried: readonly CarriedLine[]
  /** Names of the host itself that it signs for, as a client of its own. */
  readonly clients: readonly string[]
  /** What leaves unsigned all the same, in words: the inventory says no more what it said for mailrun's own tables. */
  readonly warning?: string
  /** Entries of `dropSigning` by which nothing is dropped. */
  readonly idle: readonly string[]
}

const NOTHING: Keeping = { carried: [], clients: [], idle: [] }

/**
 * @param open - whether a key that is not in use gets lines.
 * @returns `why` it must be refused.
 */
export function keeping(
  args: KeepArgs,
  setup: OpendkimSetup,
  signing: readonly Signing[],
  open: (each: Signing) => boolean,
): Keeping | { readonly why: string } {
  const configuration = configurationOf(setup)
  if (configuration === undefined) return NOTHING
  const obstacle = setupObstacle(setup, configuration)
  if (obstacle !== undefined) return { why: obstacle }
  const { dropSigning: drop = [], unsignedName } = args
  const gone = new Set(setup.gone)
  const kept = keptSigned({
    today: configuration.signing.filter(({ key }) => key === undefined || !gone.has(key)),
    multiple: configuration.multiple,
    keys: signing.map((each) => ({
      domain: each.domain,
      open: each.inUse || open(each),
      ...(each.inUse ? { now: { selector: each.selector, path: each.path } } : {}),
    })),
    hostName: args.hostName,
    drop: [...drop.filter((each) => !each.startsWith(CLIENT)), ...(unsignedName === undefined ? [] : [unsignedName])],
  })
  if (kept === undefined) return { why: TOO_ODD }
  if (kept.lost.length > 0 && !setup.ours) return { why: refusal(kept, args.domains) }
  const idle = kept.idle.filter((each) => each !== unsignedName)
  const clients = clientsOf(args, setup, configuration)
  return clients.lost.length > 0
    ? { why: refusedClients(clients.lost) }
    : { ...kept, idle, clients: clients.own, ...warned(kept) }
}

/** Of tables that mailrun wrote the inventory has the last word. */
const warned = ({ lost }: Kept): Pick<Keeping, 'warning'> =>
  lost.length === 0
    ? {}
    : {
        warning:
          `mail that mailrun's tables have signed is not signed any more, for the inventory does not name it: ` +
          `${lostText(lost)}`,
      }

function clientsOf(
  { trustedHosts, hostName, unsignedName, dropSigning = [] }: KeepArgs,
  { ours, sources }: OpendkimSetup,
  configuration: OpendkimConfiguration,
): SignedClients {
  if (trustedHosts === undefined || !isKnown(sources)) return { lost: [], own: [] }
  const dropped = new Set(dropSigning.map((each) => each.toLowerCase()))
  const { lost, own } = signedClients(configuration, sources.files, trustedHosts, hostName ?? unsignedName)
  // In mailrun's own configuration the inventory has the last word.
  if (ours || configuration.signing.length === 0) return { lost: [], own }
  return { lost: lost.filter(({ name }) => !dropped.has(`${CLIENT}${name}`.toLowerCase())), own }
}

const TOO_ODD =
  'the SigningTable has so many unusual patterns that what they sign cannot be compared: mailrun leaves it as it is; ' +
  'name domains in their place (*@example.org), or have another tool see to this host'

/** Why keys cannot be switched by the configuration that is there: what `keepSigned` with `switching` refuses. */
export function switchObstacle(args: KeepArgs, setup: OpendkimSetup, signing: readonly Signing[]): string | undefined {
  const kept = keeping(args, setup, signing, () => true)
  return 'why' in kept ? kept.why : otherTables(setup)
}
