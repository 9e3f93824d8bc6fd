// Master connections of the system's ssh (ControlMaster, ControlPath of ssh_config(5)): whether one stands at a path,
// and whether it may be used. No process is started for that.
import { lstatSync, type Stats } from 'node:fs'
import { connect } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Untrusted } from '../../shell/untrusted.ts'
import { isOurs, writableByOthers } from '../../programs/writable-by-others.ts'

export type Master =
  /** ssh_config names no ControlPath. */
  | { readonly kind: 'none' }
  /** ssh needs no login. */
  | { readonly kind: 'stands'; readonly path: string }
  /** None stands, or it is dead. ssh makes one where ControlMaster says so, and somebody else may meanwhile. */
  | { readonly kind: 'to come' }
  /** ssh gets an option to use none. */
  | { readonly kind: 'ignored'; readonly why: string; readonly isThere: boolean }

/** For a run with `--known-hosts`: which key the host showed to who made a master nobody can tell. */
export const UNCHECKED: Master = { kind: 'ignored', why: '--known-hosts is given', isThere: false }

export interface Masters {
  /** @param path - the ControlPath, as ssh has expanded it; `undefined`: there is none. */
  at(path: string | undefined): Promise<Master>
}

/** A master answers at once, unless it is stopped. */
const ANSWER_SECONDS = 2

/**
 * Of one run, which looks at each path once.
 *
 * @param seconds - for a master to answer.
 */
export function masters(seconds = ANSWER_SECONDS): Masters {
  const known = new Map<string, Promise<Master>>()
  const folders = new Map<string, string | undefined>()
  const faultOf = (folder: string): string | undefined => {
    if (!folders.has(folder)) folders.set(folder, faultOfFolder(folder))
    return folders.get(folder)
  }
  return {
    at(path) {
      if (path === undefined) return Promise.resolve({ kind: 'none' })
      const found = known.get(path) ?? look(resolve(path), faultOf, seconds)
      known.set(path, found)
      return found
    },
  }
}

async function look(path: string, faultOf: (folder: string) => string | undefined, seconds: number): Promise<Master> {
  const is = lstatSync(path, { throwIfNoEntry: false })
  const ignored = (why: string): Master => ({ kind: 'ignored', why, isThere: is !== undefined })
  // Who has a socket there is given all that is said to the host, and answers for it.
  const fault = faultOf(dirname(path))
  if (fault !== undefined) return ignored(`${fault}: name a ControlPath in a folder of your own, such as ~/.ssh`)
  if (is === undefined) return { kind: 'to come' }
  const why = faultOfSocket(path, is)
  if (why !== undefined) return ignored(why)
  const heard = await greeting(path, seconds)
  if (heard === 'refused') return { kind: 'to come' }
  return heard === 'master' ? { kind: 'stands', path } : ignored(`${path} ${heard}`)
}

/** A folder that is not there ssh complains of itself. */
function faultOfFolder(folder: string): string | undefined {
  try {
    return writableByOthers(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? undefined : message
  }
}

function faultOfSocket(path: string, is: Stats): string | undefined {
  if (!is.isSocket()) return `${path} is no socket`
  if (!isOurs(is)) return `${path} belongs to somebody else (uid ${is.uid})`
  // ssh would put the value of a variable there.
  return path.includes('${') ? `${path} has a $ with a brace after it` : undefined
}

/** MUX_MSG_HELLO of PROTOCOL.mux, version 4: a master says it to each who connects. */
const HELLO = Buffer.from([0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 4])

/** `refused`: nobody listens there. Else why it is not used. */
function greeting(path: string, seconds: number): Promise<'master' | 'refused' | (string & {})> {
  return new Promise((settle) => {
    let heard = Buffer.alloc(0)
    const socket = connect(path)
    const end = (how: string): void => {
      clearTimeout(timer)
      socket.destroy()
      settle(how)
    }
    const timer = setTimeout(
      () => end(`does not answer within ${seconds} s: end that master (ssh -O exit, or kill)`),
      seconds * 1000,
    )
    socket.on('data', (chunk: Untrusted<Buffer>) => {
      heard = Buffer.concat([heard, chunk.subarray(0, HELLO.length - heard.length)])
      if (heard.length >= HELLO.length) end(heard.equals(HELLO) ? 'master' : 'is no master that ssh knows')
    })
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      end(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'refused' : `cannot be used: ${message}`),
    )
    socket.on('end', () => end('is no master that ssh knows'))
  })
}
