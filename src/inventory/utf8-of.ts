// The text of a file's bytes.
import { MailrunError } from '../model/mailrun-error.ts'

/** @throws MailrunError */
export function utf8Of(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new MailrunError('this is not a text file in UTF-8', path)
  }
}
