// Finds the settings that ssh_config(5) has for destinations, by asking OpenSSH (`ssh -G`): once for all destinations
// that must get the same answer.
import { lowerAscii } from '../../text/openssh-pattern.ts'
import { askSsh } from './ask/ask-ssh.ts'
import { asker, type Ask } from './ask/asker.ts'
import type { Answer } from './ask/answer.ts'
import { hereOf } from './here.ts'
import { KEYWORDS } from './keywords.ts'
import { scanFiles, type Scan } from './scan/scan.ts'
import { isPlainHost, type Destination } from './share/destination.ts'
import { sharing } from './share/sharing.ts'
import { mayNeedDefaults, needsDefaults, settingsOf } from './settings-of.ts'
import type { SshSettings } from './ssh-settings.ts'

export interface SshResolver {
  /** @throws MailrunError with file:line if ssh refuses the configuration. */
  resolve(destination: Destination): Promise<SshSettings>
  /** The settings as `ssh -G` prints them. */
  answer(destination: Destination): Promise<Answer>
  /** The parts of the files that can matter for a destination with these options. */
  scanFor(destination: Destination): Scan
  /** Starts `ssh -G` now: for the settings of all hosts, if they are the same, and for the defaults of ssh. */
  begin(): void
}

/** A name that no host has (RFC 2606). */
const NOBODY = 'mailrun.invalid'

export const destination = (host: string): Destination => ({
  host,
  user: undefined,
  port: undefined,
  keyFile: undefined,
  before: [],
  after: [],
  lines: [],
  where: undefined,
  program: 'ssh',
})

/**
 * @param file - as `ssh -F` takes it: that file alone, `none` for nothing; undefined for ~/.ssh/config and
 *   /etc/ssh/ssh_config, which may be missing.
 */
export function sshResolver(file: string | undefined, ask: Ask = askSsh): SshResolver {
  const files = scanFiles(file)
  const askOnce = asker(ask)
  const before = file === undefined ? [] : ['-F', file]
  const { answer: shared, scanFor } = sharing(files, (words, { host, where, program }, isForOthers) =>
    askOnce({
      program,
      words: [...before, ...words],
      host,
      where,
      isForOthers,
      why: files.files[0] ?? where ?? file ?? `the destination ${host}`,
    }),
  )
  const answer = async (to: Destination): Promise<Answer> =>
    isSilent(files) && hasNoOptions(to) && isPlainHost(to.host) ? unasked(to) : shared(to)
  const defaultsOf = (program: string): Promise<Answer> =>
    askOnce({ program, words: ['-F', 'none'], host: NOBODY, where: undefined, isForOthers: true, why: 'ssh_config' })
  return {
    answer,
    scanFor,
    async resolve(to) {
      const scan = scanFor(to)
      const answered = answer(to)
      // At the same time: neither must wait for the other.
      if (mayNeedDefaults(scan)) defaultsOf(to.program).catch(() => {})
      const found = await answered
      const defaults = needsDefaults(found, scan) ? await defaultsOf(to.program) : undefined
      return settingsOf({ answer: found, destination: to, scan, defaults })
    },
    begin() {
      const tellsNone = [...files.hostPatterns].every((pattern) => pattern === '*')
      // An error is reported when the answer is needed.
      if (isSilent(files)) return
      if (mayNeedDefaults(files)) defaultsOf('ssh').catch(() => {})
      if (!files.isUnclear && tellsNone) shared(destination(NOBODY), true).catch(() => {})
    },
  }
}

const hasNoOptions = ({ before, after }: Destination): boolean => before.length + after.length === 0

const isSilent = ({ files, isUnclear }: Scan): boolean => files.length === 0 && !isUnclear

const DEFAULT_KEYS = ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk']
const SSH_PORT = 22

/** The settings if there is no file and no option: OpenSSH's defaults. */
function unasked({ host, user, port }: Destination): Answer {
  const { user: here, home } = hereOf()
  const known = `${home}/.ssh/known_hosts`
  return [
    { keyword: 'host', value: host },
    { keyword: 'user', value: user ?? here },
    { keyword: 'hostname', value: lowerAscii(host) },
    { keyword: 'port', value: String(port ?? SSH_PORT) },
    { keyword: 'userknownhostsfile', value: `${known} ${known}2`, parts: [known, `${known}2`] },
    ...DEFAULT_KEYS.map((type) => ({ keyword: 'identityfile', value: `~/.ssh/id_${type}` })),
    ...KEYWORDS.flatMap(({ name, defaults }) => {
      const value = typeof defaults === 'string' ? undefined : defaults?.[0]
      return value === undefined || value === '' ? [] : [{ keyword: lowerAscii(name), value }]
    }),
  ]
}
