// The reporter that the flags ask for.
import type { Reporter } from '../model/run-event.ts'
import { wantsColour } from '../report/colour.ts'
import { jsonReporter } from '../report/json.ts'
import { ndjsonReporter } from '../report/ndjson.ts'
import { pingReporter } from '../report/ping.ts'
import { textReporter } from '../report/text.ts'
import type { FleetFlags, RunFlags } from './options.ts'
import { stdout } from './output.ts'

export function reporterOf(flags: RunFlags): Reporter {
  const [diff, verbose] = [flags.diff === true, flags.verbose === true]
  switch (flags.format) {
    case 'json':
      return jsonReporter(stdout)
    case 'ndjson':
      return ndjsonReporter({ diff, verbose }, stdout)
    case 'text': {
      const isTerminal = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb'
      return textReporter({ diff, verbose, colour: colourWanted(), terminal: isTerminal ? stdout : undefined }, stdout)
    }
  }
}

export function pingReporterOf(flags: FleetFlags): Reporter {
  return flags.format === 'text' ? pingReporter({ colour: colourWanted() }, stdout) : reporterOf(flags)
}

const colourWanted = (): boolean => wantsColour(process.env, process.stdout.isTTY === true)
