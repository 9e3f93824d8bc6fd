// `mailrun verify`: flags, the proofs, and exit status.
import { verify, type DeliveryEvent, type Verification, type VerifyRequest } from '../../commands/index.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { PROOF_FORMATS } from '../../report/proof/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { lookOf } from '../../report/screen.ts'
import { count } from '../../report/write/name-list.ts'
import { said, term } from '../../report/write/terminal.ts'
import type { MailboxPlace } from '../../verify/read-mailbox.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { address, mailboxPlace, waitSeconds } from '../flags/values.ts'
import { stderr, stdout } from '../terminal/output.ts'

interface VerifyFlags extends FleetFlags {
  /** The address to which messages are really sent. */
  readonly deliver?: string
  readonly readFrom?: MailboxPlace
  /** Seconds. */
  readonly wait?: number
  readonly check?: boolean
}

const AFTER = exitStatusHelp([
  130,
  1,
  [3, 'something is not as it must be, or could not be found out'],
  4,
  5,
  [0, 'all is proved'],
])

export const command: CliCommand<VerifyFlags> = {
  grammar(verifying) {
    verifying
      .option(
        '--deliver <address>',
        'really send messages to this address, from each host for each domain on each path, ' +
          'and report what happens to them',
        address,
      )
      .option(
        '--read-from <host[:mailbox]>',
        'with --deliver: read there, on a host of the inventory, what the receiver found; ' +
          "a Maildir or mbox (default: the user's)",
        mailboxPlace,
      )
      .option('--wait <seconds>', 'with --deliver: for messages to arrive (default: 60)', waitSeconds)
      .option('-C, --check', 'with --deliver: show how many messages would be sent; send none')
      .addHelpText('after', AFTER)
    fleetOptions(verifying, PROOF_FORMATS)
  },
  async act({ flags, signals }) {
    const format = await loadFormat(PROOF_FORMATS, flags.format)
    const request = await fleetRequest(flags, signals)
    const verified = await verify({ ...request, deliver: deliveryOf(flags), onEvent: tellDelivery })
    stdout.write(format.write(verified.hosts, verified.seconds, lookOf(stdout)))
    return statusOf(verified)
  },
}

/** @throws MailrunError if a flag that belongs to `--deliver` is given without it */
function deliveryOf({ deliver: to, readFrom, wait, check }: VerifyFlags): VerifyRequest['deliver'] {
  if (to !== undefined) return { to, readFrom, waitSeconds: wait, check }
  const alone = [readFrom && '--read-from', wait !== undefined && '--wait', check === true && '--check'].find(
    (flag) => flag,
  )
  if (alone)
    throw new MailrunError(`${alone} goes with --deliver ADDRESS: without it verify sends nothing and changes nothing`)
  return undefined
}

function tellDelivery(event: DeliveryEvent): void {
  if (event.kind === 'own-address') {
    const what = `mail to ${event.to} does not leave it, and proves nothing of mail to others`
    const owner = said(event.domain)
    stderr.write(
      term`mailrun: warning: ${owner} is the fleet's own: where a host holds it for its own, ${said(what)}\n`,
    )
    return
  }
  const { hosts, to, check } = event
  const numbers = hosts.map(({ messages }) => messages)
  const all = numbers.reduce((sum, each) => sum + each, 0)
  const byHost = hosts.map(({ name, messages }) => `${messages} by ${name}`).join(', ')
  const most = `${count(hosts.length, 'host')}, at most ${Math.max(...numbers)} each`
  const shown = hosts.length > 6 ? most : byHost || 'no host can send'
  const now = all === 1 ? 'is sent' : 'are sent'
  stderr.write(term`mailrun: ${said(`${count(all, 'message')} ${check ? 'would be sent' : now} to ${to}: ${shown}`)}\n`)
}

function statusOf({ hosts, interrupted }: Verification): number {
  const some = (...words: readonly Verification['hosts'][number]['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  if (interrupted || some('interrupted')) return EXIT.interrupted
  if (some('fail', 'unknown', 'failed')) return EXIT.failed
  return some('unreachable', 'not-reached') ? EXIT.unreachable : EXIT.satisfied
}
