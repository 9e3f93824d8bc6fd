// Computes which lines the new tables need so that everything that a host signs now stays signed, or why a run refuses
// the host. A pure function.
import type { CarriedLine } from '../files/signing-table.ts'
import { CLIENT, type KeepArgs } from '../../keep-args.ts'
import { lostText, refusal, refusedClients } from './loss-words.ts'
import { otherTables, setupProblem } from './setup-problem.ts'
import { keptSigned, type Kept } from './signed-patterns.ts'
import type { OpendkimConfiguration } from '../configuration/index.ts'
import { signedClients, type SignedClients } from './signed-clients.ts'
import { isKnown } from '../../../core/unknown.ts'
import type { Signing } from '../../keys/signing.ts'
import { configurationOf, type OpendkimSetup } from '../setup/signing.ts'

export interface Keeping {
  readonly carried: readonly CarriedLine[]
  /** Names of the host itself among its clients. */
  readonly clients: readonly string[]
  /** Mail that will leave unsigned because the inventory of mailrun's own tables has changed, in words. */
  readonly warning?: string
  /** Entries of `dropSigning` that match nothing. */
  readonly idle: readonly string[]
}

const NOTHING: Keeping = { carried: [], clients: [], idle: [] }

/**
 * @param open - whether a key that is not in use gets lines in the tables.
 * @returns what to keep, or `why` the host must be refused.
 */
export function keeping(
  args: KeepArgs,
  setup: OpendkimSetup,
  signing: readonly Signing[],
  open: (each: Signing) => boolean,
): Keeping | { readonly why: string } {
  const configuration = configurationOf(setup)
  if (configuration === undefined) return NOTHING
  const problem = setupProblem(setup, configuration)
  if (problem !== undefined) return { why: problem }
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

/** For tables that mailrun wrote, the inventory decides: a run warns and does not refuse. */
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
  // In mailrun's own configuration, the inventory decides.
  if (ours || configuration.signing.length === 0) return { lost: [], own }
  return { lost: lost.filter(({ name }) => !dropped.has(`${CLIENT}${name}`.toLowerCase())), own }
}

const TOO_ODD =
  'the SigningTable has so many unusual patterns that what they sign cannot be compared: mailrun leaves it as it is; ' +
  'name domains in their place (*@example.org), or have another tool see to this host'

/** Why keys cannot be switched with the present configuration: the refusal of `keepSigned` with `switching`. */
export function switchProblem(args: KeepArgs, setup: OpendkimSetup, signing: readonly Signing[]): string | undefined {
  const kept = keeping(args, setup, signing, () => true)
  return 'why' in kept ? kept.why : otherTables(setup)
}
