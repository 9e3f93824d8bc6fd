// Standard output and standard error that survive a closed pipe and a full disk: the run continues if printing is
// impossible.
import { fstatSync, writeSync } from 'node:fs'
import type { Screen } from '../../report/screen.ts'
import type { Printable } from '../../report/write/checked.ts'
import { colours, wantsColour, type Colours } from '../../report/write/colour.ts'
import type { TerminalText } from '../../report/write/terminal.ts'
import { wrappedText } from '../../report/write/wrap.ts'

let gone = false
let problem: string | undefined
let isPlain = false

/** To be called once, before anything is printed. */
export function guardOutput(): void {
  const onError = (error: NodeJS.ErrnoException): void => {
    gone = true
    if (!['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) problem ??= error.message
  }
  try {
    const file = fstatSync(1)
    isPlain = !file.isFIFO() && !file.isSocket() && !process.stdout.isTTY
  } catch {
    // Closed: nobody reads.
  }
  process.stdout.on('error', onError)
  process.stderr.on('error', () => {})
}

/** Why standard output could not be written to its end; a reader that went away is no such reason. */
export const outputProblem = (): string | undefined => problem

/** To a file or a device. Node takes a write for done that wrote only a part, as the last one to a full disk does. */
function writePlain(text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; rest = rest.subarray(writeSync(1, rest)));
  } catch (error) {
    gone = true
    problem ??= (error as Error).message
  }
}

export const stdout = {
  write(text: Printable): void {
    if (gone || text === '') return
    if (isPlain) writePlain(text)
    else process.stdout.write(text)
  },
  get isTerminal(): boolean {
    return process.stdout.isTTY === true
  },
  get canRedraw(): boolean {
    return process.stdout.isTTY === true && process.env['TERM'] !== 'dumb'
  },
  get paint(): Colours {
    return colours(wantsColour(process.env, process.stdout.isTTY === true))
  },
  get columns(): number {
    return process.stdout.columns || 80
  },
  get rows(): number {
    return process.stdout.rows || 24
  },
}

const MOVES = /\u001b\[\d*[AJ]/

export const stderr = {
  /** Notes, errors, and live lines, which fit already and move the cursor. */
  write(text: TerminalText): void {
    process.stderr.write(this.isTerminal && !MOVES.test(text) ? wrappedText(text, this.columns) : text)
  },
  get isTerminal(): boolean {
    return process.stderr.isTTY === true
  },
  get canRedraw(): boolean {
    return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb'
  },
  get paint(): Colours {
    return colours(wantsColour(process.env, process.stderr.isTTY === true))
  },
  get columns(): number {
    return process.stderr.columns || 80
  },
  get rows(): number {
    return process.stderr.rows || 24
  },
}

export const SCREEN: Screen = { out: stdout, notes: stderr }

/** Resolves once all that was printed has left the process. */
export function flushed(): Promise<void> {
  const drained = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => {
      if (stream.writableLength === 0 || stream.destroyed || gone) resolve()
      else stream.write('', () => resolve())
    })
  return Promise.all([drained(process.stdout), drained(process.stderr)]).then(() => undefined)
}
