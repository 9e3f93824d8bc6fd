// Servers on this machine for the program of `uri`: of HTTP, of HTTPS with certificates of an authority of their own,
// and one that says whatever it is told to.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ASK_PROGRAM, MOST_BODY, MOST_HEAD, MOST_LINE } from '../../../../src/resources/uri/ask-program.ts'
import { urlParts } from '../../../../src/resources/uri/request.ts'

export interface Asked {
  readonly url: string
  readonly method?: 'GET' | 'HEAD'
  readonly status?: readonly number[]
  readonly contains?: string
  readonly caFile?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Said {
  readonly code: number | null
  readonly text: string
}

/** What the program says of the answer; without an end of its own, for the shell brings that. */
export async function ask({ url, method, status, contains, caFile, headers }: Asked): Promise<Said> {
  const { scheme, host, port, field, target } = urlParts(url)!
  const wanted = (status ?? [200]).join(',')
  const words = [scheme, host, port, field, method ?? 'GET', target, wanted, contains ?? '', caFile ?? '']
  const program = ['-e', ASK_PROGRAM, MOST_LINE, MOST_HEAD, MOST_BODY].map(String)
  const child = spawn('timeout', ['20', 'perl', ...program])
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stdin.end([...words, ...Object.entries(headers ?? {}).flat()].map((word) => `${word}\0`).join(''))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text: text.trimEnd() }
}

async function during<T>(server: Server, host: string, use: (port: number) => Promise<T>): Promise<T> {
  const open = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => open.add(socket))
  server.listen(0, host)
  await once(server, 'listening')
  try {
    return await use((server.address() as AddressInfo).port)
  } finally {
    for (const socket of open) socket.destroy()
    server.close()
  }
}

export const withHttp = <T>(listener: RequestListener, use: (port: number) => Promise<T>): Promise<T> =>
  during(createHttp(listener), '127.0.0.1', use)

/** It sends these bytes, whatever it is asked, and closes; without bytes it keeps silent. */
export const withBytes = <T>(bytes: string | Buffer | undefined, use: (port: number) => Promise<T>): Promise<T> =>
  during(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => (bytes === undefined ? undefined : socket.end(bytes)))
    }),
    '127.0.0.1',
    use,
  )

/** Of an authority, and of names signed by it. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'mailrun-uri-'))
  readonly caFile = join(this.folder, 'ca.pem')

  constructor() {
    this.#openssl(['req', '-x509', ...this.#newKey('ca'), '-out', 'ca.pem', '-days', '2', '-subj', '/CN=try authority'])
  }

  #openssl(words: readonly string[]): void {
    execFileSync('openssl', words, { cwd: this.folder, stdio: 'pipe' })
  }

  readonly #newKey = (name: string): readonly string[] => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ]

  /** @param names - as subjectAltName has them: `DNS:localhost` @param days - from now; 0: it has expired at once */
  async serve<T>(
    names: string,
    days: number,
    listener: RequestListener,
    use: (port: number) => Promise<T>,
  ): Promise<T> {
    writeFileSync(join(this.folder, 'names'), `subjectAltName=${names}\n`)
    this.#openssl(['req', ...this.#newKey('own'), '-out', 'own.csr', '-subj', '/CN=try'])
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', String(days)]
    this.#openssl(['x509', '-req', '-in', 'own.csr', ...by, '-out', 'own.pem'])
    const [key, cert] = ['own.key', 'own.pem'].map((name) => readFileSync(join(this.folder, name)))
    return during(createHttps({ key, cert }, listener), '127.0.0.1', use)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
