// Finds out which version of OpenSSH the system's ssh is.
import { Unreachable } from '../../engine/session/connection.ts'
import { runProgram } from '../../programs/run-program.ts'
import type { OpensshTarget } from './openssh-arguments.ts'

/** The first that puts `(user@host) ` in front of what a server asks. */
const SAYS_WHO_ASKS = 8.5
const SECONDS = 10
const BYTES = 1 << 16

/** By the program; asked once in a process. */
const versions = new Map<string, Promise<number | undefined>>()

/**
 * Whether its questions tell who asks. One that is older, or none of OpenSSH's, hands on a server's words as if they
 * were its own: it is asked nothing, and given nothing.
 *
 * @throws Unreachable where there is a password for it
 */
export async function saysWhoAsks({ executable, target }: OpensshTarget, at: string): Promise<boolean> {
  const known = versions.get(executable) ?? versionOf(executable)
  versions.set(executable, known)
  const version = await known
  if (version !== undefined && version >= SAYS_WHO_ASKS) return true
  if (target.password === undefined) return false
  const is = version === undefined ? 'does not say that it is OpenSSH' : `is OpenSSH ${version}`
  throw new Unreachable(
    `${at}: ${executable} ${is}: a password can be given by OpenSSH ${SAYS_WHO_ASKS} and newer, ` +
      'which says who asks for it; install that, or log in with a key',
  )
}

/** `OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.19`; a program that is not there is reported where it is started. */
async function versionOf(executable: string): Promise<number | undefined> {
  const limits = { seconds: SECONDS, bytes: BYTES, together: true }
  const said = await runProgram(executable, ['-V'], limits).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : { stdout: '' },
  )
  if (said === undefined) return Infinity
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/m.exec(said.stdout) ?? []
  return major === undefined ? undefined : Number(`${major}.${minor}`)
}
