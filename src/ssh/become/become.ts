// The command that opens a host's one shell as the user who does the work: through sudo, su or doas, with a terminal
// where they insist on one.
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Become } from '../../core/fleet/host.ts'
import type { Secret } from '../../shell/secret.ts'

export interface Opening {
  /** One line that any login shell reads alike, csh and fish too. */
  readonly command: string
  /** What is said on the streams before the shell stands; `undefined`: nothing. */
  readonly dialogue: Dialogue | undefined
}

/** Lines on stderr, distinguished from anything else there by a random word; no secret. */
export interface Dialogue {
  /** What stands before this line is none of the method's: a banner, `.bashrc`. */
  readonly begin: string
  /** The shell stands. */
  readonly ready: string
  /** There will be none. */
  readonly end: string
  /** sudo's question, up to whose password it asks for; a colon ends it. */
  readonly question: string
  readonly password: Secret | undefined
  /**
   * Lines that the shell, and who reads the password for a terminal, still wait for once it stands: with the password
   * given, and where none was asked for.
   */
  readonly lines: { readonly asked: number; readonly unasked: number }
}

/**
 * How to open the shell. Nothing is done where the login user is that user already, or is root by whatever name.
 *
 * @param login - the login user; `undefined`: ssh_config's to say.
 * @param terminal - sudo and doas open /dev/tty: they get one from script(1), beside the streams, which stay as they
 *   are.
 * @param greeting - is run by the user who does the work, before the shell reads its input.
 */
export function openingOf(
  become: Become | undefined,
  login: string | undefined,
  terminal: boolean,
  greeting?: string,
): Opening {
  const greets = greeting === undefined ? '' : greetingWords(greeting)
  if (become === undefined || login === become.user) {
    return { command: greets === '' ? 'exec sh' : `exec sh -c '${greets}exec sh'`, dialogue: undefined }
  }
  const word = randomBytes(8).toString('hex')
  const mark = (name: string): string => `mailrun-${name}-${word}`
  const dialogue = {
    begin: mark('begin'),
    ready: mark('ready'),
    end: mark('end'),
    question: mark('password'),
    password: become.password,
  }
  const { method, user, password } = become
  // doas(1) reads a password from a terminal only.
  const onTerminal = terminal || (method === 'doas' && password !== undefined)
  const typed = onTerminal && method !== 'sudo'
  const environment = method === 'su' && user === 'root' ? SU_ENVIRONMENT : ''
  const stands = `${environment}echo ${dialogue.ready} >&2; ${typed ? 'read x; ' : ''}${greets}`
  const words = methodWords(become, dialogue.question, stands)
  const text = [
    'export LC_ALL=C',
    'cd /',
    ...whereNoneIsNeeded(user, dialogue.ready, greets),
    `echo ${dialogue.begin} >&2`,
    onTerminal ? withTerminal(words, typed, dialogue.end) : `exec ${words}`,
  ].join('; ')
  return {
    command: `exec sh -c '${text}'`,
    dialogue: { ...dialogue, lines: typed ? { asked: 1, unasked: 2 } : { asked: 0, unasked: 0 } },
  }
}

/** In words that no shell reads in another way, be they in quotes of either kind. It leaves the input alone. */
const greetingWords = (greeting: string): string =>
  `echo ${gzipSync(greeting, { level: 9 }).toString('base64')} | base64 -d | gzip -dc | sh; `

/** Opens the shell without the method, where the login user is root or is that user. */
function whereNoneIsNeeded(user: string, ready: string, greets: string): readonly string[] {
  const shell = `echo ${ready} >&2; ${greets}exec sh`
  // Whether this is root, without a process.
  const readUid = 'while read k v r; do if [ "$k" = Uid: ]; then break; fi; done </proc/self/status'
  const isRoot = '[ "$k$v" = Uid:0 ]'
  if (user === 'root') return [readUid, `if ${isRoot}; then ${shell}; fi`]
  return [
    readUid,
    `if ${isRoot}; then exec runuser -s /bin/sh ${ofRoot(user)} -c "${shell}"; fi`,
    `if [ "$(id -un)" = ${inQuotes(user)} ]; then ${shell}; fi`,
  ]
}

/** su(1) leaves these as they were where the target is root. */
const SU_ENVIRONMENT = 'export USER=root LOGNAME=root; unset XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS; '

/** A user's name may end in `$`, and sudo takes `#1000`. */
const inQuotes = (word: string): string => (/^[\w./@:%+=,-]+$/.test(word) ? word : `"${word}"`)

const ofRoot = (user: string): string =>
  /^#?\d+$/.test(user) ? `"$(id -un ${user.replace('#', '')})"` : inQuotes(user)

/**
 * What runs before the shell stands may ask for the password in the method's words; of another user than root, who
 * must not learn the login user's password, no file is read before: a login shell is one from then on.
 */
const keepsOut = ({ user }: Become): boolean => user !== 'root'

/** @param login - whether the flags ask for a login shell. */
const shellThen = (stands: string, become: Become, login: boolean): string =>
  `"${stands}exec sh${login && keepsOut(become) ? ' -l' : ''}"`

function methodWords(become: Become, question: string, stands: string): string {
  switch (become.method) {
    case 'sudo':
      return sudoWords(become, question, stands)
    case 'su':
      return suWords(become, stands)
    case 'doas':
      return doasWords(become, stands)
  }
}

/**
 * sudo(8): the password goes to its input, once it was asked for; where none is needed it would be read as a command.
 * `-k`: no cached credentials are used or left.
 */
function sudoWords(become: Become, question: string, stands: string): string {
  const { user, executable, flags, password } = become
  const login = ownWords(flags, SUDO).some((word) => word === '--login' || /^-[A-Za-z]*i/.test(word))
  const how = password === undefined ? ['-n'] : ['-k', '-S', '-p', `${question}-%p:`]
  return [
    executable ?? 'sudo',
    '-H',
    ...how,
    '-u',
    inQuotes(user),
    ...ownWords(flags, keepsOut(become) ? SUDO_PLAINLY : SUDO).map(inQuotes),
    '--',
    'sh',
    '-c',
    shellThen(stands, become, login),
  ].join(' ')
}

/** su(1) reads the password from its input where that is no terminal. */
function suWords(become: Become, stands: string): string {
  const { user, executable = 'su', flags } = become
  const own = ownWords(flags, keepsOut(become) ? SU_PLAINLY : SU).map(inQuotes)
  const asked = [...executable.split(' '), ...ownWords(flags, SU)]
  const login = asked.some((word) => word === '-' || word === '--login' || /^-[A-Za-z]*l/.test(word))
  return [
    keepsOut(become) ? executable.replace(/ (?:-|-l|--login)(?= |$)/g, '') : executable,
    '-s',
    '/bin/sh',
    ...own.filter((word) => word !== '-'),
    '-c',
    shellThen(stands, become, login),
    ...own.filter((word) => word === '-' && !keepsOut(become)),
    inQuotes(user),
  ].join(' ')
}

const doasWords = ({ user, executable, flags, password }: Become, stands: string): string =>
  [
    executable ?? 'doas',
    ...(password === undefined ? ['-n'] : []),
    '-u',
    inQuotes(user),
    ...ownWords(flags, DOAS).map(inQuotes),
    '--',
    'sh',
    '-c',
    `"${stands}exec sh"`,
  ].join(' ')

/** Letters of options that are set here or would end in no shell, without and with a value. */
interface Options {
  readonly plain: string
  readonly valued: string
  readonly long: readonly string[]
}

const SUDO: Options = {
  plain: 'HSnkKbelvVhA',
  valued: 'pu',
  long: [
    'set-home',
    'stdin',
    'non-interactive',
    'reset-timestamp',
    'remove-timestamp',
    'background',
    'edit',
    'list',
    'validate',
    'version',
    'help',
    'askpass',
    'prompt',
    'user',
  ],
}
const SU: Options = { plain: 'Ph', valued: 'c', long: ['pty', 'command', 'session-command'] }
/** Without what has a shell read files of the other user's, or of its own choice, before. */
const SUDO_PLAINLY: Options = { ...SUDO, plain: `${SUDO.plain}is`, long: [...SUDO.long, 'login', 'shell'] }
const SU_PLAINLY: Options = { ...SU, plain: `${SU.plain}l`, long: [...SU.long, 'login'] }
const DOAS: Options = { plain: 'nsL', valued: 'u', long: [] }

/** What an inventory written for Ansible says (`-H -S -n`) without what would disturb. */
function ownWords(flags: readonly string[], { plain, valued, long }: Options): readonly string[] {
  const kept: string[] = []
  for (let index = 0; index < flags.length; index++) {
    const word = flags[index]!
    const name = /^--([a-z-]+)/.exec(word)?.[1]
    if (name !== undefined && long.includes(name)) {
      if (!word.includes('=') && LONG_VALUED.includes(name)) index += 1
      continue
    }
    if (!/^-[A-Za-z]/.test(word)) {
      kept.push(word)
      continue
    }
    let letters = ''
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!
      if (valued.includes(letter)) {
        // Its value is the rest of the word, or the next word.
        if (at === word.length - 1) index += 1
        break
      }
      if (!plain.includes(letter)) letters += letter
    }
    if (letters !== '') kept.push(`-${letters}`)
  }
  return kept
}

const LONG_VALUED = ['prompt', 'user', 'command', 'session-command']

/**
 * In a session whose terminal is script(1)'s (util-linux), on the streams that there are: sudo's `requiretty` looks for
 * a terminal, and reads its input all the same. `typed`: the password is typed at the terminal. Who reads it reads one
 * line, byte by byte, and ends; it waits even where nothing is asked for.
 */
function withTerminal(words: string, typed: boolean, end: string): string {
  const inner = `exec ${words} <&3 >&4 2>&5 3<&- 4>&- 5>&-`.replace(/["$]/g, '\\$&')
  const script = `script -qec "${inner}" /dev/null`
  const opened = 'export SHELL=/bin/sh; exec 3<&0 4>&1 5>&2'
  if (!typed) return `${opened}; exec ${script} </dev/null >/dev/null`
  return `${opened}; { IFS= read -r p <&3; printf %s "$p"; echo; } | { ${script} >&5; echo ${end} >&5; }`
}
