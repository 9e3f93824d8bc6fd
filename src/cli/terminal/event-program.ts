// The program of `--on-event`: it gets what a command reports as lines of JSON, whatever `--format` prints.
import { MailrunError } from '../../core/mailrun-error.ts'
import { feedProgram } from '../../programs/feed-program.ts'
import { colours } from '../../report/write/colour.ts'
import type { Screen, Stream } from '../../report/screen.ts'
import { said, term } from '../../report/write/terminal.ts'
import { stderr } from './output.ts'

/** From the end of its input on. */
const SECONDS = 30
const WAITING_BYTES = 16 << 20

export interface EventProgram {
  /** Where a format's text goes to the program. */
  readonly screen: Screen
  /** Ends its input, waits for its end, and tells what went wrong. */
  end(): Promise<void>
}

/** @throws MailrunError where it cannot be started */
export async function eventProgram(program: string): Promise<EventProgram> {
  const fed = await feedProgram(program, { seconds: SECONDS, bytes: WAITING_BYTES }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new MailrunError(whyNot(error), `--on-event ${program}`)
    },
  )
  const out: Stream = {
    isTerminal: false,
    canRedraw: false,
    columns: 80,
    rows: 24,
    paint: colours(false),
    write: (text) => fed.write(text),
  }
  return {
    screen: { out, notes: { ...out, write: () => {} } },
    async end() {
      const wrong = await fed.end()
      if (wrong !== undefined) stderr.write(term`mailrun: warning: --on-event: ${said(`${program} ${wrong}`)}\n`)
    },
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such program: name a file (./notify), or a program in PATH, without words'
  return code === 'EACCES' ? 'it cannot be executed: chmod +x makes a script a program' : message
}
