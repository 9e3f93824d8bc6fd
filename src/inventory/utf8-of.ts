// Decodes the bytes of an inventory or a file of vars as UTF-8.
import { MailrunError } from '../core/mailrun-error.ts'
import { refuseVault } from '../secrets/vault.ts'

/** @throws MailrunError for what is not UTF-8, or was encrypted by Ansible's Vault */
export function utf8Of(path: string, bytes: Uint8Array): string {
  refuseVault(bytes, path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new MailrunError('this is not a text file in UTF-8', path)
  }
}
