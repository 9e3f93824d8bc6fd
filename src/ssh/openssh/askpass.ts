// Answers the questions of the system's ssh for passwords, over a socket that only this user can reach. So no password
// is in an argument, in the environment or in a file.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../../shell/quote.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** `undefined`: there is no answer. */
export type Answerer = (question: string) => Promise<string | undefined>

export interface Askpass {
  /** For the environment of an ssh whose questions are put to `answer`. */
  environment(answer: Answerer): Promise<Readonly<Record<string, string>>>
  close(): void
}

const LONGEST_QUESTION = 10_000

/** Nothing is made before the first ssh needs it. */
export function askpass(): Askpass {
  const answerers = new Map<string, Answerer>()
  let opened: Promise<{ readonly folder: string; readonly server: Server }> | undefined
  const open = async (): Promise<{ readonly folder: string; readonly server: Server }> => {
    const folder = mkdtempSync(join(tmpdir(), 'mailrun-askpass-'))
    const program = fileURLToPath(new URL('./askpass-program.js', import.meta.url))
    writeFileSync(join(folder, 'askpass'), `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(program)} "$1"\n`, {
      mode: 0o700,
    })
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, answerers))
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(join(folder, 'socket'), resolve))
    server.unref()
    return { folder, server }
  }
  return {
    async environment(answer) {
      opened ??= open()
      const { folder } = await opened
      const token = randomBytes(16).toString('hex')
      answerers.set(token, answer)
      return {
        SSH_ASKPASS: join(folder, 'askpass'),
        SSH_ASKPASS_REQUIRE: 'force',
        MAILRUN_ASKPASS_SOCKET: join(folder, 'socket'),
        MAILRUN_ASKPASS_TOKEN: token,
      }
    },
    close() {
      void opened?.then(
        ({ folder, server }) => {
          server.close()
          rmSync(folder, { recursive: true, force: true })
        },
        () => {},
      )
    },
  }
}

function serve(socket: Socket, answerers: ReadonlyMap<string, Answerer>): void {
  let asked = ''
  socket.on('error', () => {})
  socket.on('data', (chunk: Untrusted<Buffer>) => {
    asked += chunk.toString()
    if (asked.length > LONGEST_QUESTION) return socket.destroy()
    if (!asked.endsWith('\n')) return
    void answerTo(asked, answerers)
      .catch(() => undefined)
      .then((answer) => socket.end(answer === undefined ? '' : `${answer}\n`))
  })
}

async function answerTo(asked: Untrusted, answerers: ReadonlyMap<string, Answerer>): Promise<string | undefined> {
  const { token, question } = JSON.parse(asked) as { readonly token: string; readonly question: string }
  return answerers.get(token)?.(question)
}
