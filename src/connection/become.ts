// The command that opens the host's one shell, as root where the host says become.
import { randomBytes } from 'node:crypto'
import type { Become } from '../model/host.ts'

export interface Opening {
  /** Works under any login shell: plain words only. */
  readonly command: string
  /** With a password: what sudo prints to ask for it, and what the shell prints once it stands. */
  readonly dialogue: { readonly prompt: string; readonly ready: string; readonly password: string } | undefined
}

/** sudo(8). The password goes to sudo's input, and only once it was asked for: where none is needed it would be read as a command. */
export function openingOf(become: Become | undefined, user: string): Opening {
  if (become === undefined || user === become.user) return { command: 'exec sh', dialogue: undefined }
  if (become.password === undefined) return { command: 'exec sudo -n sh', dialogue: undefined }
  const mark = randomBytes(8).toString('hex')
  const prompt = `mailrun-password-${mark}`
  const ready = `mailrun-ready-${mark}`
  return { command: `exec sudo -k -S -p ${prompt} sh -c "echo ${ready} >&2; exec sh"`, dialogue: { prompt, ready, password: become.password.reveal() } }
}

/** What sudo said, as advice; `undefined` where it is not sudo's. */
export function sudoProblem(said: string): string | undefined {
  if (/a password is required|a terminal is required/.test(said)) return 'sudo asks for a password: give it with --become-password-file or --ask-become-pass'
  if (/incorrect password|Sorry, try again/.test(said)) return 'sudo refused the password'
  if (/not in the sudoers file|not allowed to (?:run|execute)/.test(said)) return 'the user may not use sudo on this host'
  if (/sudo: (?:command )?not found|Unknown command:? '?sudo/.test(said)) return 'there is no sudo on this host: install it, or log in as root'
  return undefined
}
