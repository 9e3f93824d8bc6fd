// `mailrun rotate`: flags, each step when it is done, the state of each key, and exit status.
import { rotate, type Rotation } from '../../commands/index.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import { loadFormat } from '../../report/registry.ts'
import { ROTATION_FORMATS } from '../../report/rotation/formats.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import { eventOption } from '../flags/event-option.ts'
import type { EventFlags, FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { gather, serial, waitSeconds } from '../flags/values.ts'
import { eventProgram } from '../terminal/event-program.ts'
import { SCREEN } from '../terminal/output.ts'

interface RotateFlags extends FleetFlags, EventFlags {
  readonly check?: boolean
  readonly domain?: readonly string[]
  readonly start?: boolean
  /** Hosts. */
  readonly compromised?: readonly string[]
  readonly serial?: readonly BatchSize[]
  /** Seconds. */
  readonly wait?: number
}

const AFTER = exitStatusHelp([
  130,
  [1, 'could not start: nothing was changed'],
  [3, 'something failed, or must be corrected before it goes on'],
  4,
  5,
  [2, '--check found something to do'],
  [6, 'something is waited for: run it again, it says when'],
  [0, 'every key is as it is to be'],
])

export const command: CliCommand<RotateFlags> = {
  grammar(rotating) {
    rotating
      .option('-C, --check', 'change nothing; tell where each key is, and what would be done')
      .option('--domain <name>', 'only keys of this domain (repeatable)', gather)
      .option('--start', 'begin now, however old the keys are')
      .option(
        '--compromised <host>',
        "others know this host's keys: new ones, and the former revoked at once; " +
          'mail that they signed and is not delivered yet will fail (repeatable; no other host is worked on)',
        gather,
      )
      .option(
        '--serial <sizes>',
        'hosts that take up new keys at once: 1, 25%, or 1,25%,100% (default: 1,25%,100%)',
        serial,
      )
      .option(
        '--wait <seconds>',
        'to wait in all, for name servers and for times that end that soon (default: 60; 0: not at all)',
        waitSeconds,
      )
      .addOption(eventOption())
      .addHelpText('after', AFTER)
    fleetOptions(rotating, ROTATION_FORMATS)
  },
  async act({ flags, signals }) {
    const { check, start, compromised, serial: sizes, domain: domains, wait } = flags
    const format = await loadFormat(ROTATION_FORMATS, flags.format)
    const request = await fleetRequest(flags, signals)
    const wanted = { check, start, compromised, serial: sizes, domains, waitSeconds: wait }
    const events = flags.onEvent === undefined ? undefined : await eventProgram(flags.onEvent)
    const reports = [
      format.open(SCREEN),
      ...(events === undefined ? [] : [(await loadFormat(ROTATION_FORMATS, 'ndjson')).open(events.screen)]),
    ]
    try {
      const rotation = await rotate({
        ...request,
        ...wanted,
        onEvent(event) {
          for (const report of reports)
            if (event.kind === 'done-step') report.done(event.doneStep)
            else report.waiting(event.why)
        },
      })
      for (const report of reports) report.ended(rotation)
      return statusOf(rotation)
    } finally {
      await events?.end()
    }
  },
}

/** The first that applies, as for a run. */
function statusOf({ rotations, faults, doneSteps, check, interrupted }: Rotation): number {
  const keys = rotations.flatMap((each) => each.keys)
  const some = (kind: 'until' | 'held' | 'blocked'): boolean => keys.some(({ wait }) => wait?.kind === kind)
  const steps = keys.some(({ step }) => step !== undefined) || rotations.some(({ begin }) => begin !== undefined)
  if (interrupted || faults.some(({ status }) => status === 'interrupted')) return EXIT.interrupted
  if (
    doneSteps.some(({ failed }) => failed !== undefined) ||
    faults.some(({ status }) => status === 'failed') ||
    some('blocked')
  )
    return EXIT.failed
  if (faults.length > 0) return EXIT.unreachable
  if (check && steps) return EXIT.wouldChange
  return some('until') || some('held') ? EXIT.held : EXIT.satisfied
}
