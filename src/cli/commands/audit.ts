// `mailrun audit`: flags, the report in the wanted format, and exit status.
import { Option } from 'commander'
import { audit, type AuditResult } from '../../commands/index.ts'
import type { AuditReport } from '../../audit/audit-report.ts'
import { AUDIT_FORMATS } from '../../report/audit/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { lookOf } from '../../report/screen.ts'
import { said, term } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import { eventOption } from '../flags/event-option.ts'
import type { EventFlags, FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { eventProgram } from '../terminal/event-program.ts'
import { stderr, stdout } from '../terminal/output.ts'

const FAIL_ON = ['error', 'warning', 'note', 'never'] as const

interface AuditFlags extends FleetFlags, EventFlags {
  readonly baseline?: string
  readonly writeBaseline?: string
  /** The least severity that fails the audit. */
  readonly failOn: (typeof FAIL_ON)[number]
}

const AFTER = exitStatusHelp([
  130,
  1,
  [3, 'some host could not be asked, or something could not be found out'],
  4,
  5,
  [2, 'there are findings, of --fail-on or graver, that the baseline does not accept'],
  [0, 'none'],
])

export const command: CliCommand<AuditFlags> = {
  grammar(auditing) {
    auditing
      .option('--baseline <file>', 'findings that are accepted, each with a reason: they are shown, and do not count')
      .option('--write-baseline <file>', 'write a baseline of all that is found into this new file, and end with 0')
      .addOption(
        new Option('--fail-on <severity>', 'the least severity that ends with status 2')
          .choices(FAIL_ON)
          .default('warning'),
      )
      .addOption(eventOption())
      .addHelpText('after', AFTER)
    fleetOptions(auditing, AUDIT_FORMATS)
  },
  async act({ flags, signals }) {
    const { baseline, writeBaseline } = flags
    const format = await loadFormat(AUDIT_FORMATS, flags.format)
    const request = { ...(await fleetRequest(flags, signals)), baseline, writeBaseline }
    const events = flags.onEvent === undefined ? undefined : await eventProgram(flags.onEvent)
    try {
      const result = await audit(request)
      if (events !== undefined) {
        const lines = await loadFormat(AUDIT_FORMATS, 'ndjson')
        events.screen.out.write(lines.write(result.report, lookOf(events.screen.out)))
      }
      if (writeBaseline !== undefined) tellWritten(result.report, writeBaseline)
      stdout.write(format.write(result.report, lookOf(stdout)))
      return writeBaseline === undefined ? statusOf(result, flags) : EXIT.satisfied
    } finally {
      await events?.end()
    }
  },
}

const tellWritten = ({ findings }: AuditReport, file: string): void =>
  stderr.write(term`mailrun: ${findings.length} findings are in ${said(file)}: give each a reason of your own\n`)

/** The first that applies, as for a run. */
function statusOf({ report: { hosts, summary }, interrupted }: AuditResult, { failOn }: AuditFlags): number {
  const some = (...words: readonly AuditReport['hosts'][number]['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  if (interrupted || some('interrupted')) return EXIT.interrupted
  const { error, warning, note, unknown } = summary.findings
  if (some('failed') || unknown > 0) return EXIT.failed
  if (some('unreachable', 'not-reached')) return EXIT.unreachable
  const counted = { error, warning: error + warning, note: error + warning + note, never: 0 }[failOn]
  return counted > 0 ? EXIT.wouldChange : EXIT.satisfied
}
