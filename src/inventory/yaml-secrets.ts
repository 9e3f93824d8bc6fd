// The YAML tags of secret values: `!secret` for clear text, and `!age` for encrypted values.
import { visit, type Document, type Node, type Scalar } from 'yaml'
import { MailrunError } from '../core/mailrun-error.ts'
import { isAge } from '../secrets/age-format.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { valueText } from '../secrets/sealed.ts'
import { CannotOpen, Unopened } from '../secrets/unopened.ts'
import { Secret } from '../shell/secret.ts'
import { utf8Of } from './utf8-of.ts'

const SECRET = '!secret'
const AGE = '!age'

export const isSecretTag = (tag: string | undefined): boolean => tag === SECRET || tag === AGE

/** Values become secrets, those that are encrypted all at once; `Unopened` where there is nothing to open one with. */
export async function openSecrets(document: Document, at: (node: Node) => string, keyring: Keyring): Promise<void> {
  const encrypted: Scalar[] = []
  visit(document, {
    Scalar(_, node) {
      if (node.tag === SECRET) node.value = new Secret(node.value)
      if (node.tag === AGE) encrypted.push(node)
    },
  })
  await Promise.all(
    encrypted.map(async (node) => {
      const where = at(node)
      const bytes = Buffer.from(String(node.value).trim())
      if (!isAge(bytes)) {
        throw new MailrunError(
          `after ${AGE} an encrypted value is wanted as age -a prints it: ` +
            `${AGE} | and below it -----BEGIN AGE ENCRYPTED FILE-----`,
          where,
        )
      }
      node.value = await keyring.open(bytes, where).then(
        (plain) => new Secret(valueText(utf8Of(where, plain))),
        (error: unknown) => {
          // Whoever needs no such value is not stopped by it.
          if (error instanceof CannotOpen) return new Unopened(error)
          throw error
        },
      )
    }),
  )
}
