// The flags for decryption with age, as values.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { FleetSource } from '../../commands/fleet/read-fleet.ts'
import { said, term } from '../../report/write/terminal.ts'
import { Secret } from '../../shell/secret.ts'
import { askOnTerminal } from '../terminal/ask-on-terminal.ts'
import { stderr } from '../terminal/output.ts'
import { secretFromFile } from './secret-from-file.ts'

export interface AgeFlags {
  readonly ageIdentity?: readonly string[]
  readonly agePassphraseFile?: string
}

export const warn = (line: string): void => stderr.write(term`mailrun: warning: ${said(line)}\n`)

/** Nothing is read or asked before something encrypted is met. */
export const ageSource = ({
  ageIdentity,
  agePassphraseFile,
}: AgeFlags): Pick<FleetSource, 'ageIdentity' | 'agePassphrase' | 'warn'> => ({
  ageIdentity,
  agePassphrase: (what) =>
    agePassphraseFile === undefined
      ? inTurn(what)
      : secretFromFile('--age-passphrase-file', agePassphraseFile, 'the passphrase', warn),
  warn,
})

let before: Promise<unknown> = Promise.resolve()

/** Several files may want their passphrase at once, and there is one terminal. */
function inTurn(what: string): Promise<Secret> {
  const answer = before.then(async () => {
    const typed = await askOnTerminal(`passphrase of ${what}: `, 'use --age-passphrase-file FILE')
    if (typed === '') throw new MailrunError(`no passphrase of ${what} was given`)
    return new Secret(typed)
  })
  before = answer.catch(() => undefined)
  return answer
}
