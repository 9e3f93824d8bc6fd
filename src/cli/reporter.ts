// The reporter that the flags ask for.
import type { DnsEvent } from '../dns/push/publication.ts'
import type { Reporter, RunEvent } from '../model/run-event.ts'
import { colours, wantsColour } from '../report/colour.ts'
import { jsonReporter } from '../report/json.ts'
import { live } from '../report/live.ts'
import { ndjsonReporter } from '../report/ndjson.ts'
import { pingReporter } from '../report/ping.ts'
import { isDnsEvent } from '../report/publication.ts'
import { textReporter } from '../report/text.ts'
import type { FleetFlags, RunFlags } from './options.ts'
import { stderr, stdout } from './output.ts'

type Report = (event: RunEvent | DnsEvent) => void

export function reporterOf(flags: RunFlags): Report {
  const [diff, verbose] = [flags.diff === true, flags.verbose === true]
  switch (flags.format) {
    case 'json':
      return withProgress(jsonReporter(stdout))
    case 'ndjson':
      return ndjsonReporter({ diff, verbose }, stdout)
    case 'text': {
      const isTerminal = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb'
      return textReporter({ diff, verbose, colour: colourWanted(), terminal: isTerminal ? stdout : undefined }, stdout)
    }
  }
}

/** A document comes late and often goes to a file: who sits at a terminal sees the live lines on standard error. */
function withProgress(report: Report): Report {
  if (process.stderr.isTTY !== true || process.stdout.isTTY === true || process.env['TERM'] === 'dumb') return report
  const foot = live(stderr, colours(wantsColour(process.env, true)))
  return (event) => {
    if (event.kind === 'run-end') foot.close()
    else if (!isDnsEvent(event)) foot.see(event)
    report(event)
  }
}

export function pingReporterOf(flags: FleetFlags): Reporter {
  return flags.format === 'text' ? pingReporter({ colour: colourWanted() }, stdout) : reporterOf(flags)
}

const colourWanted = (): boolean => wantsColour(process.env, process.stdout.isTTY === true)
