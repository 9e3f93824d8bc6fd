// `mailrun self-test`: shows what it will touch and asks, tries the examples of all task modules, and sets the exit
// status.
import { createInterface } from 'node:readline/promises'
import { selfTest, type SelfTested } from '../../commands/index.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { loadFormat } from '../../report/registry.ts'
import { SELF_TEST_FORMATS } from '../../report/self-test/formats.ts'
import { selfTestNotice } from '../../report/self-test/notice.ts'
import { term } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { SCREEN } from '../terminal/output.ts'

interface SelfTestFlags extends FleetFlags {
  readonly yes?: boolean
}

const AFTER = exitStatusHelp([
  130,
  [1, 'could not start, or nobody agreed: no host was touched'],
  [3, 'on some host a law does not hold, or nothing could be tried'],
  4,
  5,
  [0, 'all laws hold as far as they were tried'],
])

export const command: CliCommand<SelfTestFlags> = {
  grammar(testing) {
    testing.option('--yes', 'ask nobody whether to begin').addHelpText('after', AFTER)
    fleetOptions(testing, SELF_TEST_FORMATS)
  },
  async act({ flags, signals }) {
    const report = (await loadFormat(SELF_TEST_FORMATS, flags.format)).open(SCREEN)
    const tested = await selfTest({
      ...(await fleetRequest(flags, signals)),
      agree: (hosts) => agreed(hosts, flags),
      onEvent: (host) => report.done(host),
    })
    if (tested.agreed) report.ended(tested.hosts)
    return statusOf(tested)
  },
}

/** Asked where there is a terminal; where there is none, `--yes` says it. */
async function agreed(hosts: readonly string[], { yes }: SelfTestFlags): Promise<boolean> {
  SCREEN.notes.write(selfTestNotice(hosts))
  if (yes === true) return true
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new MailrunError('nobody is there to be asked: no host was touched; --yes agrees beforehand')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(term`Begin? [y/N] `).finally(() => terminal.close())
  return /^y(?:es)?$/i.test(answer.trim())
}

/** The first that applies, as for a run. */
function statusOf({ hosts, agreed: begun }: SelfTested): number {
  const some = (...words: readonly (typeof hosts)[number]['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  if (!begun) return EXIT.couldNotStart
  if (some('interrupted')) return EXIT.interrupted
  if (some('failed', 'broken')) return EXIT.failed
  return some('unreachable') ? EXIT.unreachable : EXIT.satisfied
}
