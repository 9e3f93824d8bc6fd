// `mailrun encrypt`: a value, from standard input or typed without echo, as an inventory takes it.
import { readFile } from 'node:fs/promises'
import { MailrunError } from '../../model/mailrun-error.ts'
import { documentText } from '../../report/write/terminal.ts'
import { asYamlValue, encrypterTo, recipientsIn, type EncryptTo } from '../../secrets/encrypt.ts'
import { Secret } from '../../shell/secret.ts'
import { warn } from '../flags/age-flags.ts'
import { askOnTerminal } from '../terminal/ask-on-terminal.ts'
import type { EncryptFlags } from '../flags/fleet-flags.ts'
import { stdout } from '../terminal/output.ts'
import { secretFromFile } from '../flags/secret-from-file.ts'

/** Resolves with the exit status. @throws MailrunError */
export async function encryptCommand(flags: EncryptFlags): Promise<number> {
  const encrypt = await encrypterTo(await encryptTo(flags))
  const plain = process.stdin.isTTY
    ? Buffer.from(await asked('value: ', 'give it on standard input'))
    : await standardInput()
  if (plain.length === 0) throw new MailrunError('there is nothing to encrypt: standard input is empty')
  stdout.write(documentText(asYamlValue(await encrypt(plain))))
  return 0
}

async function encryptTo({
  recipient = [],
  recipientsFile = [],
  passphrase,
  agePassphraseFile,
}: EncryptFlags): Promise<EncryptTo> {
  const recipients = [
    ...recipient.map((text) => ({ text, where: '--recipient' })),
    ...(await Promise.all(recipientsFile.map(recipientsOf))).flat(),
  ]
  const withPassphrase = passphrase === true || agePassphraseFile !== undefined
  if (withPassphrase === recipients.length > 0) {
    throw new MailrunError(
      withPassphrase
        ? 'a passphrase or recipients, not both: age has it so'
        : 'to whom? --recipient age1…, --recipients-file FILE, or --passphrase',
    )
  }
  if (!withPassphrase) return { recipients }
  if (agePassphraseFile !== undefined)
    return { passphrase: await secretFromFile('--age-passphrase-file', agePassphraseFile, 'the passphrase', warn) }
  const [first, again] = [
    await asked('passphrase: ', 'use --age-passphrase-file FILE'),
    await asked('once more: ', 'use --age-passphrase-file FILE'),
  ]
  if (first !== again) throw new MailrunError('the two passphrases are not the same')
  return { passphrase: new Secret(first) }
}

const recipientsOf = async (file: string): Promise<ReturnType<typeof recipientsIn>> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(
      error.code === 'ENOENT' ? 'there is no such file' : error.message,
      `--recipients-file ${file}`,
    )
  })
  const found = recipientsIn(text, file)
  if (found.length === 0)
    throw new MailrunError('there is no recipient in this file: age1… is wanted, one a line', file)
  return found
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
