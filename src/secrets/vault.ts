// Recognizes values and files that are encrypted with Ansible Vault, and refuses them. Taken for plain text, they would
// be hosts of an inventory, or a file that nobody can read.
import { MailrunError } from '../core/mailrun-error.ts'

const MAGIC = '$ANSIBLE_VAULT;'

/** @param what - must be encrypted in another way: `the value`. @param where - file, or file:line */
export function vaultRefused(what: 'the value' | 'the file', where: string): MailrunError {
  const next = what === 'the value' ? 'mailrun encrypt makes an !age value of it' : 'age -r age1… encrypts it'
  return new MailrunError(
    `Ansible's Vault is not supported: encrypt ${what} with age (ansible-vault decrypts it, ${next})`,
    where,
  )
}

/** @throws MailrunError for a file that ansible-vault(1) encrypted as a whole */
export function refuseVault(bytes: Uint8Array, path: string): void {
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC) throw vaultRefused('the file', path)
}
