// Runs a program of this machine that is given text while it runs, such as events. Its words reach it as they are,
// through no shell; what waits for it, what it says and how long it is waited for has an end.
import { spawn, type ChildProcess } from 'node:child_process'
import type { Untrusted } from '../shell/untrusted.ts'

/** From SIGTERM to SIGKILL, for a program that has something to tidy up. */
const GRACE_SECONDS = 2
/** Of what it says, the last of it. */
const SAID_BYTES = 8192

export interface FeedOptions {
  /** How long it may take from the end of its input on. */
  readonly seconds: number
  /** That may wait for it to be read. What comes after that is not given to it. */
  readonly bytes: number
}

export interface FedProgram {
  /** Never waits. */
  write(text: string): void
  /**
   * Ends its input, and waits for its end.
   *
   * @returns what went wrong, in words that follow its name: `ended with status 1: no such channel`
   */
  end(): Promise<string | undefined>
}

/**
 * The program is in a group of processes of its own: Ctrl-C leaves it to read to the end.
 *
 * @param program - a path, or a name that is looked up in PATH
 * @throws Error with the code of the system (`ENOENT`) where it cannot be started
 */
export function feedProgram(program: string, { seconds, bytes }: FeedOptions): Promise<FedProgram> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    let broken: string | undefined
    const said = lastSaid(child)
    const ended = new Promise<string | undefined>((done) => {
      child.on('close', (code, signal) => {
        const how = signal === null ? `ended with status ${code ?? ''}` : `was ended by ${signal}`
        const last = said()
        done(broken ?? (code === 0 ? undefined : `${how}${last === '' ? '' : `: ${last}`}`))
      })
    })
    child.on('error', reject)
    child.on('spawn', () => {
      resolve({
        write(text) {
          if (child.stdin.writableLength + text.length > bytes) broken ??= 'does not read the events that it is given'
          if (broken === undefined && child.stdin.writable) child.stdin.write(text)
        },
        end() {
          child.stdin.end()
          const timers = endWithin(child, seconds, () => {
            broken ??= `did not end within ${seconds} s after the last event`
          })
          return ended.finally(timers.clear)
        },
      })
    })
    // It may end before it has read all: how it ended says more.
    child.stdin.on('error', () => {})
  })
}

/** The last line that it says on either stream. */
function lastSaid({ stdout, stderr }: ChildProcess): () => Untrusted {
  let last = ''
  const hear = (chunk: Untrusted<Buffer>): void => {
    last = `${last}${chunk.toString()}`.slice(-SAID_BYTES)
  }
  stdout?.on('data', hear)
  stderr?.on('data', hear)
  return () => last.trimEnd().split('\n').at(-1) ?? ''
}

/** Where it takes longer, it gets SIGTERM, then SIGKILL, with all that it started. */
function endWithin(child: ChildProcess, seconds: number, late: () => void): { readonly clear: () => void } {
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal)
    } catch {
      // It has ended.
    }
  }
  let timer = setTimeout(() => {
    late()
    kill('SIGTERM')
    timer = setTimeout(() => {
      kill('SIGKILL')
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, GRACE_SECONDS * 1000)
  }, seconds * 1000)
  return { clear: () => clearTimeout(timer) }
}
