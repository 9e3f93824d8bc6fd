// Asks for passwords on the terminal without echo, or reads them from files, as flags say.
import { MailrunError } from '../../core/mailrun-error.ts'
import { Secret } from '../../shell/secret.ts'
import { askOnTerminal } from '../terminal/ask-on-terminal.ts'
import type { ReachFlags } from './fleet-flags.ts'
import { secretFromFile } from './secret-from-file.ts'

/** `undefined` where no flag was given. @throws MailrunError */
export async function passwords(
  flags: ReachFlags,
  warn: (line: string) => void,
): Promise<{ readonly password: Secret | undefined; readonly becomePassword: Secret | undefined }> {
  // One after the other: both may ask on the same terminal.
  const password = await passwordOf(
    flags.connectionPasswordFile,
    '--connection-password-file',
    flags.askPass === true,
    'SSH password for the hosts: ',
    warn,
  )
  const becomePassword = await passwordOf(
    flags.becomePasswordFile,
    '--become-password-file',
    flags.askBecomePass === true,
    `${flags.becomeMethod ?? 'sudo'} password for the hosts: `,
    warn,
  )
  return { password, becomePassword }
}

async function passwordOf(
  file: string | undefined,
  flag: string,
  ask: boolean,
  question: string,
  warn: (line: string) => void,
): Promise<Secret | undefined> {
  if (file !== undefined) return secretFromFile(flag, file, 'the password', warn)
  if (!ask) return undefined
  const password = await askOnTerminal(question, `use ${flag} FILE`)
  if (password === '') throw new MailrunError('no password was given')
  return new Secret(password)
}
