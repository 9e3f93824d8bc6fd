// Decides who asks a question that the system's ssh passes on: ssh itself, or a server through keyboard-interactive.
import type { Secret } from '../../shell/secret.ts'
import type { SshTarget } from '../ssh-target.ts'

/** What identifies a question: a host's name as ssh says it, and what it may be given. */
export type Questioned = Pick<SshTarget, 'user' | 'hostName' | 'hostKey' | 'jumps' | 'password' | 'passphrases'>

/**
 * `password`: what the host itself may be given. `passphrase`: for ssh itself, which unlocks the key here and sends
 * nothing of it. `other`: for whoever runs mailrun to answer.
 */
export type SshQuestion =
  | { readonly kind: 'password' }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret }
  | { readonly kind: 'other' }

/** Of a question that is shown. */
const SHOWN_CHARACTERS = 200
/** Of a key's path in ssh's question (`%.100s`). */
const PATH_BYTES = 100
/** What ssh says in its own name; a server that says it wants to be taken for ssh. */
const SSHS_OWN = /^(?:Enter passphrase for |Enter PIN |Enter .*'s (?:old|new) password: )|'s password: *$/i

/**
 * Since 8.5 OpenSSH's ssh puts `(user@host) ` in front of all that a server asks by keyboard-interactive
 * (input_userauth_info_req of sshconnect2.c), and nothing in front of its own questions (userauth_passwd and
 * load_identity_file): the first character tells them apart, and a server has no say in it. Of either kind only the
 * exact words count.
 *
 * @param question - as SSH_ASKPASS is given it, whichever ssh asks: the host's, or that of a jump host.
 */
export function sshQuestion(question: string, target: Questioned): SshQuestion {
  const name = askerName(target)
  // Who goes by the same name could ask in the host's place.
  const named = !target.jumps.some((jump) => askerName(jump) === name)
  if (question.startsWith('(')) {
    const prefix = `(${name}) `
    const ofHost = named && question.startsWith(prefix) && !SSHS_OWN.test(question.slice(prefix.length))
    return { kind: ofHost ? 'password' : 'other' }
  }
  if (named && question === `${name}'s password: `) return { kind: 'password' }
  const passphrase = passphraseFor(question, target.passphrases)
  return passphrase === undefined ? { kind: 'other' } : { kind: 'passphrase', passphrase }
}

/** As ssh has it in its questions: in lower case, unless known_hosts has an alias for it. */
const askerName = ({ user, hostName, hostKey }: Pick<SshTarget, 'user' | 'hostName' | 'hostKey'>): string =>
  `${user}@${hostKey.alias ?? hostName.toLowerCase()}`

/** `undefined` also where ssh's words, cut short, fit keys of different passphrases. */
function passphraseFor(question: string, passphrases: ReadonlyMap<string, Secret>): Secret | undefined {
  const fitting = [...passphrases].flatMap(([path, passphrase]) =>
    question === passphraseQuestion(path) ? [passphrase] : [],
  )
  return new Set(fitting.map((each) => each.reveal())).size === 1 ? fitting[0] : undefined
}

/**
 * The key whose passphrase ssh asks for in its own name.
 *
 * @param paths - of the keys that it may ask for; `undefined`: it asks for something else, or its words, cut short, fit
 *   several.
 */
export function keyAskedFor(question: string, paths: readonly string[]): string | undefined {
  const fitting = new Set(paths.filter((path) => question === passphraseQuestion(path)))
  return fitting.size === 1 ? [...fitting][0] : undefined
}

const passphraseQuestion = (path: string): string =>
  `Enter passphrase for key '${Buffer.from(path).subarray(0, PATH_BYTES).toString()}': `

/**
 * The question as it is shown to whoever runs mailrun: with who asks it, in quotes that its words cannot end, on one
 * line, with nothing in it that a terminal obeys.
 *
 * @example asked("(ops@bastion) Verification code: ") === 'ops@bastion asks: "Verification code:" '
 */
export function asked(question: string): string {
  const [, server, words] = /^\(([^()\s]+)\) ([^]*)$/.exec(question) ?? []
  const who = server ?? (question.startsWith('(') ? 'a server' : 'ssh')
  return `${inQuotes(who).slice(1, -1)} asks: ${inQuotes((words ?? question).trim())} `
}

const inQuotes = (text: string): string => {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  return JSON.stringify(shown).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}
