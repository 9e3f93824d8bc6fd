// `mailrun encrypt`: reads a value from standard input, or typed without echo, and prints it encrypted for an
// inventory.
import { valueEncrypter } from '../../commands/encrypt-value.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { documentText } from '../../report/write/terminal.ts'
import { Secret } from '../../shell/secret.ts'
import type { CliCommand } from '../command.ts'
import { warn, type AgeFlags } from '../flags/age-flags.ts'
import { secretFromFile } from '../flags/secret-from-file.ts'
import { gather } from '../flags/values.ts'
import { askOnTerminal } from '../terminal/ask-on-terminal.ts'
import { stdout } from '../terminal/output.ts'

interface EncryptFlags extends Pick<AgeFlags, 'agePassphraseFile'> {
  readonly recipient?: readonly string[]
  readonly recipientsFile?: readonly string[]
  readonly passphrase?: boolean
}

export const command: CliCommand<EncryptFlags> = {
  grammar(encrypting) {
    encrypting
      .usage('-r <age1…> | -R <file> | -p')
      .option('-r, --recipient <age1…>', 'who can open it (repeatable)', gather)
      .option('-R, --recipients-file <file>', 'recipients, one a line (repeatable)', gather)
      .option('-p, --passphrase', 'with a passphrase, which is asked for')
      .option('--age-passphrase-file <file>', 'with the passphrase that is the first line of this file')
  },
  async act({ flags }) {
    const { recipient: recipients, recipientsFile: recipientsFiles } = flags
    const encrypt = await valueEncrypter({ recipients, recipientsFiles, passphrase: passphraseOf(flags) })
    const plain = process.stdin.isTTY
      ? Buffer.from(await asked('value: ', 'give it on standard input'))
      : await standardInput()
    if (plain.length === 0) throw new MailrunError('there is nothing to encrypt: standard input is empty')
    stdout.write(documentText(await encrypt(plain)))
    return 0
  },
}

function passphraseOf({ passphrase, agePassphraseFile }: EncryptFlags): (() => Promise<Secret>) | undefined {
  if (agePassphraseFile !== undefined)
    return () => secretFromFile('--age-passphrase-file', agePassphraseFile, 'the passphrase', warn)
  return passphrase === true ? typedTwice : undefined
}

async function typedTwice(): Promise<Secret> {
  const first = await asked('passphrase: ', 'use --age-passphrase-file FILE')
  const again = await asked('once more: ', 'use --age-passphrase-file FILE')
  if (first !== again) throw new MailrunError('the two passphrases are not the same')
  return new Secret(first)
}

async function asked(question: string, instead: string): Promise<string> {
  const typed = await askOnTerminal(question, instead)
  if (typed === '') throw new MailrunError('nothing was typed')
  return typed
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
