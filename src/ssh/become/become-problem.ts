// Explains why sudo, su or doas gave no shell, from what they printed, and says what to do.
import { BECOME_BYTES } from '../../core/bounds.ts'
import type { Become } from '../../core/fleet/host.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { RUN_AGAIN } from '../transient.ts'

/** Why no shell was opened. */
export type Refusal =
  /** It asked for a password, and there is none. */
  | { readonly kind: 'no-password'; readonly whose: string | undefined }
  /** It asked for the password again. */
  | { readonly kind: 'wrong-password'; readonly whose: string | undefined }
  /** It asked for something else; it printed more than {@link BECOME_BYTES}. */
  | { readonly kind: 'other-question' | 'too-much' }
  /** These hosts refused the password, so it was not sent to this one. */
  | { readonly kind: 'not-given'; readonly refusedBy: readonly string[] }
  /** `before`: it ended before the command began, so the login shell or sshd ended it. */
  | { readonly kind: 'ended'; readonly how: string; readonly before?: boolean }

const SAID_LINES = 6

/** The message for the operator: method, user, what to do, and the last output. `said`: see {@link spoken}. */
export function becomeProblem(become: Become, refusal: Refusal, said: Untrusted): string {
  const last = said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-SAID_LINES)
    .map(shortened)
    .join('\n')
  const words = `become ${become.user} through ${become.method}: ${advice(become, refusal, last)}`
  return last === '' ? words : `${words}\n${last}`
}

/** Whether the method would work with a terminal: sudo's `requiretty`, doas, an old su. */
export const wantsTerminal = (said: Untrusted): boolean =>
  /you must have a tty|must be run from a terminal|a terminal is required|a tty is required/i.test(said)

/** Whether the reason was the password. */
export const refusesPassword = (refusal: Refusal, said: Untrusted): boolean =>
  refusal.kind === 'wrong-password' || (refusal.kind === 'ended' && REFUSED.test(said))

const REFUSED = /incorrect password|Authentication fail|Sorry, try again|no password was provided/i
const PASSWORD_EXPIRED =
  /password (?:has )?expired|password is expired|required to change your password|^(?:Current|New) password:/im
const ACCOUNT_CLOSED = /account validation failure|account (?:has )?expired|account is locked|account locked/i

function advice({ method, user, executable, password }: Become, refusal: Refusal, said: Untrusted): string {
  const program = executable ?? method
  const has = (pattern: RegExp): boolean => pattern.test(said)
  if (refusal.kind === 'not-given') {
    return (
      `the password was refused on ${refusal.refusedBy.join(' and ')}, ` +
      'so it is not sent to another host until one has accepted it: ' +
      'try it on one host that you trust, or leave these out with --limit'
    )
  }
  if (refusal.kind === 'too-much') {
    return (
      `more than ${BECOME_BYTES >> 10} kB were printed before a shell opened: ` +
      'log in with ssh, and see what prints that'
    )
  }
  const whose = 'whose' in refusal && refusal.whose !== undefined ? ` of ${refusal.whose}` : ''
  if (has(PASSWORD_EXPIRED)) return 'a password has expired on the host: log in and change it'
  if (has(ACCOUNT_CLOSED)) return 'the account is locked or has expired on the host'
  if (refusal.kind === 'no-password' || has(/a password is required|^doas: Authentication required/m)) {
    return (
      `it asks for the password${whose}: ` +
      'give it with --ask-become-pass, --become-password-file or ansible_become_password'
    )
  }
  if (has(/not in the sudoers file|not allowed to (?:run|execute)|may not run sudo/)) {
    return (
      `sudoers does not allow the login user to run a shell as ${user}: ` +
      'single commands are not enough, it must allow sh'
    )
  }
  if (has(/^doas: Operation not permitted/m)) return `doas.conf does not allow the login user to run sh as ${user}`
  if (has(/doas is not enabled/)) return 'the host has no /etc/doas.conf'
  if (has(/script: not found|script: command not found/)) {
    return (
      `${method} needs a terminal, and the host does not have script(1), which provides one: ` +
      'install bsdutils (or util-linux)'
    )
  }
  if (has(/runuser: not found/)) return 'runuser(1) is not there: install util-linux'
  if (has(/: (?:command )?not found|No such file or directory/) && said.includes(program.split(' ')[0]!))
    return `the host does not have ${program}: install it, choose another --become-method, or log in as root`
  if (has(/unknown user|user .* does not exist|no such user/i)) return `there is no user ${user}`
  const before = refusal.kind === 'ended' && refusal.before === true
  if (!before && has(/using restricted shell|account is currently not available/))
    return `the login shell of ${user} takes no commands: become that user through sudo or doas`
  if (refusesPassword(refusal, said))
    return password === undefined ? 'refused' : `the password${whose} was refused; it was tried once`
  if (has(/^su: Permission denied/m)) return "su's PAM rules do not allow the login user (pam_wheel?)"
  if (refusal.kind === 'other-question') return 'it asks for more than a password, and mailrun can answer only that'
  if (wantsTerminal(said)) return 'it needs a terminal'
  const how = 'how' in refusal ? refusal.how : 'refused'
  const question = before ? ': does the login shell of the login user (getent passwd) run commands?' : ''
  const next = said === '' ? `\n${RUN_AGAIN}` : ''
  return `no shell opened: ${how}${question}${next}`
}

/** Of a line, for messages. */
const LINE_CHARACTERS = 500

/**
 * The output without the parts that mailrun caused: marks, its own prompt, carriage returns. A password that a terminal
 * echoed becomes stars. Long lines are cut.
 */
export function spoken(text: Untrusted, begin: string, password: string | undefined): string {
  const at = text.indexOf(begin)
  const after = at < 0 ? text : text.slice(at + begin.length)
  const masked = password === undefined ? after : after.replaceAll(password, '********')
  return masked.replaceAll('\r', '').split('\n').map(spokenLine).join('\n').trim()
}

const spokenLine = (line: Untrusted): string =>
  shortened(withoutCommand(line))
    .replace(/^(?:doas \([^)]*\) |\[sudo\] )?password(?: for [^:]*)?: ?/i, '')
    .replace(/mailrun-password-[0-9a-f]+-[^:]*:/g, '')
    .replace(/mailrun-(?:begin|ready|end)-[0-9a-f]+/g, '')

const shortened = (line: Untrusted): string =>
  line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)} …` : line

/** Without mailrun's own command: ` -c "echo mailrun-ready-… exec sh"`. */
function withoutCommand(line: Untrusted): string {
  const own = line.indexOf('mailrun-ready-')
  const from = own < 0 ? -1 : Math.max(...STARTS.map((start) => line.slice(0, own).indexOf(start)))
  const end = own < 0 ? -1 : line.lastIndexOf('exec sh')
  if (from < 0 || end < own) return line
  const rest = line.slice(end + 'exec sh'.length)
  return line.slice(0, from) + (rest.startsWith('"') ? rest.slice(1) : rest)
}

const STARTS = [' -c export ', ' -c "export ', ' -c echo ', ' -c "echo ']
