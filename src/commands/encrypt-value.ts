// Encrypts a secret value with age, in the form that an inventory needs.
import { readFile } from 'node:fs/promises'
import { MailrunError } from '../core/mailrun-error.ts'
import { asYamlValue, encrypterTo, recipientsIn, type EncryptTo } from '../secrets/encrypt.ts'
import type { Secret } from '../shell/secret.ts'

export interface EncryptRequest {
  readonly value: string | Uint8Array
  /** Who can open it: `age1…`. */
  readonly recipients?: readonly string[] | undefined
  /** Files of recipients, one a line. */
  readonly recipientsFiles?: readonly string[] | undefined
  /** With which it is opened; then nobody is a recipient. A function is called once that is known. */
  readonly passphrase?: Secret | (() => Promise<Secret>) | undefined
}

/**
 * Text for an inventory: `!age |` and what age made of the value.
 * @throws MailrunError for an empty value, no recipient, and one that is none
 */
export async function encryptValue(request: EncryptRequest): Promise<string> {
  const encrypt = await valueEncrypter(request)
  return encrypt(request.value)
}

/** What is wrong with recipients is known before the value is. @throws MailrunError */
export async function valueEncrypter(
  request: Omit<EncryptRequest, 'value'>,
): Promise<(value: EncryptRequest['value']) => Promise<string>> {
  const encrypt = await encrypterTo(await encryptTo(request))
  return async (value) => {
    const plain = typeof value === 'string' ? Buffer.from(value) : value
    if (plain.length === 0) throw new MailrunError('there is nothing to encrypt: the value is empty')
    return asYamlValue(await encrypt(plain))
  }
}

async function encryptTo({
  recipients: given = [],
  recipientsFiles = [],
  passphrase,
}: Omit<EncryptRequest, 'value'>): Promise<EncryptTo> {
  const recipients = [
    ...given.map((text) => ({ text, where: '--recipient' })),
    ...(await Promise.all(recipientsFiles.map(recipientsOf))).flat(),
  ]
  if (passphrase === undefined && recipients.length > 0) return { recipients }
  if (passphrase !== undefined && recipients.length === 0)
    return { passphrase: typeof passphrase === 'function' ? await passphrase() : passphrase }
  throw new MailrunError(
    passphrase !== undefined
      ? 'a passphrase or recipients, not both: age has it so'
      : 'to whom? --recipient age1…, --recipients-file FILE, or --passphrase',
  )
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
