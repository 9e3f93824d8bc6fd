// Encrypts a value with age, and writes the result in the form that an inventory needs.
import { MailrunError } from '../core/mailrun-error.ts'
import type { Secret } from '../shell/secret.ts'

export type EncryptTo = { readonly recipients: readonly Recipient[] } | { readonly passphrase: Secret }

export interface Recipient {
  /** `age1…` */
  readonly text: string
  /** The flag, or file:line. */
  readonly where: string
}

/** Encrypts into ASCII armour, as `age -a` prints it. @throws MailrunError for what is no recipient */
export async function encrypterTo(to: EncryptTo): Promise<(plain: Uint8Array) => Promise<string>> {
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  if ('passphrase' in to) encrypter.setPassphrase(to.passphrase.reveal())
  else {
    for (const { text, where } of to.recipients) {
      if (text.startsWith('AGE-SECRET-KEY-')) {
        throw new MailrunError(
          'this is an identity, which is secret; its recipient is wanted, age1…, as age-keygen -y tells it',
          where,
        )
      }
      if (text.startsWith('ssh-')) {
        throw new MailrunError(
          'SSH keys are not supported as recipients: age1… is wanted, as age-keygen tells it',
          where,
        )
      }
      try {
        encrypter.addRecipient(text)
      } catch {
        throw new MailrunError(
          `${JSON.stringify(text)} is no recipient: age1… is wanted, as age-keygen tells it`,
          where,
        )
      }
    }
  }
  return async (plain) => armor.encode(await encrypter.encrypt(plain))
}

/** The lines of a recipients file, without comments. */
export const recipientsIn = (text: string, file: string): readonly Recipient[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === '' || line.startsWith('#') ? [] : [{ text: line.trim(), where: `${file}:${index + 1}` }],
    )

/** For pasting after `name: `, at the outermost level of a YAML file. */
export const asYamlValue = (armoured: string): string =>
  `!age |\n${armoured
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('')}`
