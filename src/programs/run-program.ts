// Runs a program on this machine until it ends, without a shell between. It is used for programs that answer one
// question, such as sops or an inventory program. Time and output are limited.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Untrusted } from '../shell/untrusted.ts'

/** From SIGTERM to SIGKILL, for a program that has something to tidy up. */
const GRACE_SECONDS = 2

export interface ProgramOptions {
  readonly seconds: number
  /** What it may say on both streams together. */
  readonly bytes: number
  /** On its standard input, which is empty otherwise. */
  readonly input?: string
  /** The environment of this process otherwise. */
  readonly env?: NodeJS.ProcessEnv
  /** `stdout` of the answer has what the program says on either stream, as it came. */
  readonly together?: boolean
}

export interface ProgramAnswer {
  /** Its exit status, `undefined` where a signal ended it. */
  readonly code: number | undefined
  readonly stdout: Untrusted
  readonly stderr: Untrusted
  /** Why it did not end by itself, in words that follow its name: `did not end within 30 s`. */
  readonly ended?: string
}

/**
 * The program stays in the group of processes that it is started from: so it can ask for a passphrase on the terminal,
 * and Ctrl-C ends it, too. Where it takes too long, it gets SIGTERM, then SIGKILL; where it says too much, SIGKILL at
 * once. Where it has ended and left a process behind that holds its output, what came until then is its answer.
 *
 * @param program - a path, or a name that is looked up in PATH
 * @throws Error with the code of the system (`ENOENT`) where it cannot be started
 */
export function runProgram(program: string, words: readonly string[], options: ProgramOptions): Promise<ProgramAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'pipe', env: options.env ?? process.env })
    const said = hear(child, options.together ?? false)
    const bounds = bound(child, options)
    child.on('error', (error) => {
      bounds.clear()
      reject(error)
    })
    child.on('close', (code, signal) => {
      bounds.clear()
      const ended = bounds.broken() ?? (signal === null ? undefined : `was ended by ${signal}`)
      resolve({ code: code ?? undefined, ...said(), ...(ended === undefined ? {} : { ended }) })
    })
    // It may end before it has read all.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
  })
}

/** Collects bytes, and decodes them when all are there: a letter may come in two pieces. */
function hear(
  { stdout, stderr }: ChildProcessWithoutNullStreams,
  together: boolean,
): () => Pick<ProgramAnswer, 'stdout' | 'stderr'> {
  const output: Untrusted<Buffer>[] = []
  const errors: Untrusted<Buffer>[] = together ? output : []
  stdout.on('data', (chunk: Untrusted<Buffer>) => output.push(chunk))
  stderr.on('data', (chunk: Untrusted<Buffer>) => errors.push(chunk))
  const textOf = (chunks: readonly Untrusted<Buffer>[]): Untrusted => Buffer.concat(chunks).toString()
  return () => ({ stdout: textOf(output), stderr: together ? '' : textOf(errors) })
}

/** Ends the program where it goes beyond its bounds; `broken` tells which, `clear` is for one that has ended. */
function bound(
  child: ChildProcessWithoutNullStreams,
  { seconds, bytes }: ProgramOptions,
): { readonly broken: () => string | undefined; readonly clear: () => void } {
  let broken: string | undefined
  const kill = (): void => {
    child.kill('SIGKILL')
    child.stdout.destroy()
    child.stderr.destroy()
  }
  let timer = setTimeout(() => {
    // It has ended, and left something behind that holds its output.
    if (child.exitCode !== null) return kill()
    broken ??= `did not end within ${seconds} s`
    child.kill('SIGTERM')
    timer = setTimeout(kill, GRACE_SECONDS * 1000)
  }, seconds * 1000)
  let left = bytes
  const count = (chunk: Untrusted<Buffer>): void => {
    left -= chunk.length
    if (left >= 0) return
    broken ??= `said more than ${sizeOf(bytes)}`
    kill()
  }
  child.stdout.on('data', count)
  child.stderr.on('data', count)
  return { broken: () => broken, clear: () => clearTimeout(timer) }
}

const sizeOf = (bytes: number): string => (bytes < 1 << 20 ? `${bytes >> 10} kB` : `${bytes >> 20} MB`)
