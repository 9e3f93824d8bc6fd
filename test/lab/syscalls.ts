// What a process and all its children execute and write, by strace(1): nothing that is there only for a moment is
// missed.
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'

export type Call =
  | { readonly kind: 'execve'; readonly argv: Buffer; readonly environment: Buffer }
  | { readonly kind: 'write'; readonly path: string; readonly data: Buffer }

/** `-y` tells the path of a descriptor, `-v` the whole environment. */
export const STRACE = [
  'strace',
  '-f',
  '-qq',
  '-y',
  '-v',
  '-s',
  '1000000',
  '-e',
  'signal=none',
  '-e',
  'trace=execve,write,pwrite64,writev,pwritev',
  '-o',
] as const

/** Follows running processes; the returned function ends that. */
export async function follow(pids: readonly number[], log: string): Promise<() => Promise<readonly Call[]>> {
  const [program, ...flags] = STRACE
  // Without -qq it says when it is attached.
  const child = spawn(
    program,
    [...flags.filter((flag) => flag !== '-qq'), log, ...pids.flatMap((pid) => ['-p', String(pid)])],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if ((said.match(/ attached/g) ?? []).length >= pids.length) resolve()
    })
    child.once('exit', () => reject(new Error(`strace ended: ${said}`)))
  })
  return async () => {
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    await ended
    const calls = callsIn(log)
    rmSync(log)
    return calls
  }
}

export function callsIn(log: string): readonly Call[] {
  return readFileSync(log, 'latin1')
    .split('\n')
    .flatMap((line): readonly Call[] => {
      const [, name, args] = /^\d+ +(execve|write|pwrite64|writev|pwritev)\((.*)$/s.exec(line) ?? []
      if (name === undefined || args === undefined) return []
      if (name === 'execve') {
        const at = args.indexOf('"], ["')
        return [
          {
            kind: 'execve',
            argv: bytesOf(args.slice(0, at < 0 ? undefined : at)),
            environment: bytesOf(at < 0 ? '' : args.slice(at)),
          },
        ]
      }
      const [, path = '', data = ''] = /^\d+<(.*?)>(?:\(deleted\))?, (.*)$/s.exec(args) ?? []
      return [{ kind: 'write', path, data: bytesOf(data) }]
    })
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', '"': '"', '\\': '\\' }

/** strace writes strings as C does. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\(?:([0-7]{1,3})|(.))/gs, (_, octal: string | undefined, letter: string | undefined) =>
      octal === undefined ? (LETTERS[letter!] ?? letter!) : String.fromCharCode(parseInt(octal, 8)),
    ),
    'latin1',
  )
