// Parses the command line and runs the command. Every error ends here.
import { CommanderError } from 'commander'
import { MailrunError } from '../core/mailrun-error.ts'
import { stackOf } from '../core/stack-of.ts'
import { bugText, hasErrors } from '../report/errors.ts'
import { said, term } from '../report/write/terminal.ts'
import { maskKnown } from '../shell/mask-known.ts'
import { adviceOn } from './flags/ansible-flags.ts'
import { formatInUse, formatMeant, tellCouldNotStart } from './terminal/could-not-start.ts'
import { EXIT } from './exit-status.ts'
import { boundGarbage } from './terminal/heap.ts'
import { flushed, guardOutput, outputProblem, stderr } from './terminal/output.ts'
import { program } from './program.ts'
import { listenToSignals, type Signals } from './terminal/signals.ts'
import { messageOf } from '../text/message-of.ts'

/**
 * Ends the process with the exit status, after all output has left. `words`: the command line after the program's name.
 */
export async function act(words: readonly string[], version: string): Promise<never> {
  boundGarbage()
  guardOutput()
  const format = formatMeant(words)
  const signals = listenToSignals(() => tellCouldNotStart(['interrupted'], format))
  process.on('uncaughtException', (error) => {
    tellBug(error)
    process.exit(signals.running ? EXIT.failed : EXIT.couldNotStart)
  })
  let status = EXIT.satisfied as number
  const mailrun = program(version, signals, (ended) => {
    status = ended
  })
  try {
    await mailrun.parseAsync([...words], { from: 'user' })
  } catch (error) {
    status = tellError(error, format)
  }
  await flushed()
  if (outputProblem() !== undefined) {
    tellUnwritten(signals)
    if (WELL.includes(status)) status = EXIT.unreported
    await flushed()
  }
  process.exit(status)
}

/** Returns the exit status. */
function tellError(error: unknown, format: string): number {
  if (error instanceof MailrunError) tellCouldNotStart(error.messages, format)
  else if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.satisfied
    const advice = adviceOn(error.message) ?? '"mailrun --help" tells all flags'
    tellCouldNotStart([error.message.replace(/^error: /, ''), advice], format)
  } else {
    const message = messageOf(error)
    if (hasErrors(formatInUse(format))) tellCouldNotStart([maskKnown(`a bug in mailrun: ${message}`)], format)
    tellBug(error)
  }
  return EXIT.couldNotStart
}

/** After these all is well but that nobody can read it. */
const WELL: readonly number[] = [EXIT.satisfied, EXIT.wouldChange, EXIT.held]

function tellUnwritten({ running }: Signals): void {
  const went = running
    ? 'The run went on to its end; make room, and run it again to see how things are'
    : 'Make room, and try again'
  stderr.write(term`mailrun: the output could not be written: ${said(outputProblem() ?? '')}\n${said(went)}\n`)
}

function tellBug(error: unknown): void {
  stderr.write(bugText(maskKnown(stackOf(error))))
}
