// Logs in to a host with SSH: checks the host key, then tries each login method in turn.
import { devNull } from 'node:os'
import type { Duplex } from 'node:stream'
import type {
  AnyAuthMethod,
  AuthHandlerMiddleware,
  AuthenticationType,
  Client,
  CipherAlgorithm,
  KexAlgorithm,
  KeyboardInteractiveCallback,
  MacAlgorithm,
  Prompt,
  ServerHostKeyAlgorithm,
} from 'ssh2'
import { Refused, Unreachable } from '../../engine/session/connection.ts'
import { LOGIN_BYTES } from '../../core/bounds.ts'
import { CIPHERS, COMPRESSION, HOST_KEYS, KEX, MACS } from './algorithms.ts'
import { hostKeyCheck } from '../host-keys/host-key.ts'
import { shown } from '../host-keys/host-key-words.ts'
import type { KeyRing } from '../login-keys/key-ring.ts'
import { AFTER_FAILED_LOGIN_SECONDS, TransientFailure } from '../transient.ts'
import { takeShortcuts } from './ssh2-shortcuts.ts'
import type { SshTarget } from '../ssh-target.ts'
import { turnedAway } from '../turned-away.ts'
import { loginWords, type LoginWords } from './login-words.ts'
import { at } from './tcp.ts'

/** The host wants what only the system's ssh has. */
export class Unsupported extends Refused {}

/** A connection to a host that has taken the login. */
export interface LoggedIn {
  readonly client: Client
  readonly socket: Duplex
  /** For messages. */
  readonly stage: { now: string }
  /** What to know of it. */
  readonly notes: readonly string[]
}

/**
 * node-ssh connects; the rest is done on the ssh2 connection that it holds, since its own exec cannot tell a lost
 * connection from success.
 *
 * @throws Unreachable, TransientFailure, Refused, Unsupported
 */
export async function login(
  target: SshTarget,
  keys: KeyRing,
  socket: Duplex,
  stage: { now: string },
  notes: string[],
): Promise<Client> {
  const { NodeSSH } = await import('node-ssh')
  const ssh = new NodeSSH()
  const check = hostKeyCheck(target.hostKey)
  const { algorithms } = target
  let refusal: Unreachable | undefined
  let attempted = false
  const words = loginWords(socket, () => {
    const what = `it sent more than ${LOGIN_BYTES >> 10} kB before the login was done`
    refusal = new Unreachable(`${at(target)}: ${what}: see what its sshd's Banner is`)
  })
  const methods = methodsOf(target, keys)
  // Its end is reported once: what was closed while it waited would be waited for in vain.
  if (socket.destroyed || socket.readableEnded) throw turnedAway(at(target), words.before, 'closed')
  if (methods.length === 0) throw nothingToLogInWith(target, keys)
  try {
    const connecting = ssh.connect({
      sock: socket,
      username: target.user,
      authHandler: offer(methods, () => (attempted = true)),
      algorithms: {
        kex: [...offered(algorithms.kex, KEX)] as KexAlgorithm[],
        serverHostKey: [...check.algorithms(offered(algorithms.hostKey, HOST_KEYS))] as ServerHostKeyAlgorithm[],
        cipher: [...offered(algorithms.cipher, CIPHERS)] as CipherAlgorithm[],
        hmac: [...offered(algorithms.mac, MACS)] as MacAlgorithm[],
        compress: [...COMPRESSION],
      },
      hostVerifier: (key: Buffer) => {
        const verdict = check.verify(key)
        stage.now = 'logging in'
        if (verdict.kind === 'recorded' && verdict.file !== devNull)
          notes.push(`its host key was new: ${shown(verdict.key)}, now recorded for ${verdict.name} in ${verdict.file}`)
        if (verdict.kind === 'accepted' || verdict.kind === 'recorded') return true
        refusal = new (verdict.mayHaveCertificate ? Unsupported : Refused)(verdict.message)
        return false
      },
      keepaliveInterval: target.keepalive.seconds * 1000,
      keepaliveCountMax: target.keepalive.lost,
      // The timeout of the whole is kept outside.
      readyTimeout: 0,
    })
    takeShortcuts(ssh.connection, keys.sole)
    await connecting
  } catch (error) {
    throw refusal ?? problem(error as Error & { level?: string }, target, keys, { words, attempted })
  } finally {
    words.lift()
  }
  return ssh.connection!
}

function nothingToLogInWith(target: SshTarget, { tried, unsupported }: KeyRing): Unreachable {
  const Kind = unsupported.length > 0 ? Unsupported : Refused
  return new Kind(
    `${at(target)}: there is nothing to log in with: ${tried || 'no agent, no key file'}: ` +
      'name a key with --private-key or ansible_ssh_private_key_file, or give a password by --ask-pass',
  )
}

function methodsOf(
  { user: username, password: secret, methods }: SshTarget,
  { agent }: KeyRing,
): readonly AnyAuthMethod[] {
  const password = secret?.reveal()
  return methods.flatMap((type): readonly AnyAuthMethod[] => {
    if (type === 'publickey') return agent === undefined ? [] : [{ type: 'agent', username, agent }]
    if (password === undefined) return []
    return type === 'password' ? [{ type, username, password }] : [{ type, username, prompt: answering(password) }]
  })
}

const SECRETS = ['password', 'keyboard-interactive']

/**
 * Each method once, of those that the server still takes; after a partial success it names those that must follow. A
 * password that was refused is not tried by the other way: accounts are locked for that.
 *
 * @param attempting - is called before each.
 */
function offer(methods: readonly AnyAuthMethod[], attempting: () => void): AuthHandlerMiddleware {
  const left = [...methods]
  let last: AuthenticationType | undefined
  return (taken: AuthenticationType[] | null, partial, next): void => {
    const takes = (type: AuthenticationType): boolean =>
      taken === null || taken.includes(type === 'agent' ? 'publickey' : type)
    const secret = last !== undefined && SECRETS.includes(last) ? last : undefined
    // What the server does not name it never looked at.
    const refused = secret !== undefined && !partial && taken?.includes(secret) === true
    const index = left.findIndex(({ type }) => takes(type) && !(refused && SECRETS.includes(type)))
    const method = index < 0 ? false : left.splice(index, 1)[0]!
    last = method === false ? undefined : method.type
    if (method !== false) attempting()
    // ssh2 takes false for the end of the list; its types do not know.
    next(method as AnyAuthMethod)
  }
}

/** Every hidden question is answered by the password, once: asked again, it was wrong. */
function answering(password: string) {
  let answered = false
  return (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: KeyboardInteractiveCallback,
  ): void => {
    const again = answered && prompts.length > 0
    answered ||= prompts.length > 0
    finish(prompts.map(({ echo }) => (again || echo === true ? '' : password)))
  }
}

/** Of what the configuration asks for what there is here, in its order; else ours. */
const offered = (chosen: readonly string[] | undefined, ours: readonly string[]): readonly string[] =>
  chosen === undefined ? ours : chosen.filter((name) => ours.includes(name))

const CLOSED = /ECONNRESET|EPIPE|connection lost before handshake|No response from server/i

/** How far a login came. */
interface Course {
  readonly words: LoginWords
  /** Something was offered to log in with. */
  readonly attempted: boolean
}

function problem(error: Error & { level?: string }, target: SshTarget, keys: KeyRing, course: Course): Unreachable {
  const reported = (why: string): string => `${at(target)}: ${why}`
  if (error.level === 'client-authentication') return denied(target, keys)
  if (error.level === 'agent') return new Unreachable(reported(`the agent failed: ${error.message}`))
  if (/too many authentication failures/i.test(error.message)) {
    const why = `it refused more keys than it allows for ${target.user} (tried ${triedWords(target, keys)})`
    const advice = 'name the right one with --private-key or ansible_ssh_private_key_file, and say IdentitiesOnly yes'
    return new Refused(reported(`${why}: ${advice}`))
  }
  const { words, attempted } = course
  const isClosed = CLOSED.test(error.message)
  if (!words.identified && (isClosed || words.before === '')) return turnedAway(at(target), words.before, error.message)
  if (/no matching/i.test(error.message))
    return new Unsupported(reported(`no common algorithm with its sshd: ${error.message}`))
  if (isClosed) {
    const pauseSeconds = attempted ? AFTER_FAILED_LOGIN_SECONDS : 0
    return new TransientFailure(reported(`the connection was closed in the handshake: ${error.message}`), pauseSeconds)
  }
  return new Unreachable(reported(error.message))
}

function denied(target: SshTarget, keys: KeyRing): Refused {
  const why = `${at(target)}: permission denied for ${target.user} (tried ${triedWords(target, keys)})`
  if (keys.unsupported.length > 0) return new Unsupported(`${why}; ${keys.unsupported.join(', ')} could not be tried`)
  const advice = 'name another user (ansible_user, --user), another key (--private-key) or a password (--ask-pass)'
  return new Refused(`${why}: ${advice}`)
}

const triedWords = ({ password }: SshTarget, { tried }: KeyRing): string =>
  [tried, ...(password === undefined ? [] : ['the password'])].filter((each) => each !== '').join(', ')
