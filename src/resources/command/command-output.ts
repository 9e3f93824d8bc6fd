// Asks what a command that only looks prints, for tasks that take the answer as an argument.
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { ANYTHING, type Resource } from '../../core/task/resource.ts'
import { raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { executedProbe } from './executed.ts'

export interface CommandOutput {
  /** It must only look: it is run in every trip, in a check too. As the `run` of a `command`. */
  readonly run: readonly string[] | string | Script
  /**
   * What it looks at (`path:/etc/x`): a pending change of it makes the answer wait. Left out: any change of a task
   * before may change the answer. An empty list: none does.
   */
  readonly reads?: readonly Resource[]
  /** After this many seconds it is ended; left out: 20. */
  readonly timeoutSeconds?: number
}

export interface ReadOutput<Value> extends CommandOutput {
  /** Reads the output, without the line feeds at its end. `undefined`: it is not as expected, and the task fails. */
  readonly read: (text: Untrusted) => Value | undefined
}

const SECONDS = 20
/** It becomes a part of arguments and files. */
const MOST_BYTES = 64 << 10
const SHOWN_CHARACTERS = 200

/**
 * What a command prints on standard output. An exit status other than 0 is no answer.
 *
 * @example
 * const id = answerOf(commandOutput({ run: ['cat', '/etc/machine-id'], reads: ['path:/etc/machine-id'] }))
 * const count = answerOf(commandOutput({ run: 'nproc', reads: [], read: (text) => Number(text) || undefined }))
 */
export function commandOutput(command: CommandOutput & { readonly read?: never }): Probe<string>
export function commandOutput<Value>(command: ReadOutput<Value>): Probe<Value>
export function commandOutput(command: CommandOutput & Partial<ReadOutput<unknown>>): Probe<unknown> {
  const { run, reads = [ANYTHING], read = asItIs, timeoutSeconds = SECONDS } = command
  const script = scriptOf(run)
  const asked = executedProbe(script.text, timeoutSeconds)
  if (!('script' in asked.question)) throw new Error('a command is asked by a script')
  return defineProbe<unknown>({
    key: `output ${timeoutSeconds} ${numberOf(read)} ${script.text}`,
    reads,
    script: { ...asked.question.script, secrets: script.secrets },
    parse(answer) {
      const executed = asked.parse(answer)
      const shown = script.shown.slice(0, SHOWN_CHARACTERS)
      if ('why' in executed) throw new ProbeError(`${shown}: ${executed.why}`)
      const { code, timedOut, stdout, stderr } = executed
      if (timedOut) throw new ProbeError(`${shown}: not done within ${timeoutSeconds} s, and ended`)
      if (code !== 0) throw new ProbeError(`${shown}: exit status ${code}: ${stderr.text.trim() || 'it said nothing'}`)
      if (stdout.bytes > MOST_BYTES) throw new ProbeError(`${shown}: it printed more than ${MOST_BYTES >> 10} kB`)
      const text = stdout.text.replace(/\n{1,100}$/, '')
      const value = read(text)
      if (value !== undefined) return value
      // It may be a secret.
      throw new ProbeError(`${shown}: its output, of ${stdout.bytes} bytes, is none that is expected`)
    },
  })
}

const asItIs = (text: Untrusted): Untrusted => text

/** Equal readers of one command are one question; others are not. */
const numbers = new WeakMap<object, number>()
let readers = 0
function numberOf(read: object): number {
  const known = numbers.get(read) ?? (readers += 1)
  numbers.set(read, known)
  return known
}

function scriptOf(run: CommandOutput['run']): Script {
  if (typeof run === 'string') return raw(run)
  return 'text' in run ? run : sh`${run}`
}
