// Reads the records of an earlier plan from a file.
import { readFile } from 'node:fs/promises'
import { isRevokedDkim } from '../../mail/records/dkim/record.ts'
import type { MailRecord } from '../../mail/records/dns-record.ts'
import { parseRecordsJson } from '../../mail/formats/records-json.ts'
import { MailrunError } from '../../core/mailrun-error.ts'

/**
 * Those of a file speak for nothing that they do not name: a revocation is of the keys that stand beside it.
 * @throws MailrunError
 */
export async function recordsFrom(path: string): Promise<readonly MailRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(
      error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read: ${error.message}`,
      `--from ${path}`,
    )
  })
  const records = parseRecordsJson(text, path).flatMap((zone) => zone.records.map(naming))
  const keys = records.map(({ name, type }) => `${name} ${type}`)
  const twice = keys.find((key, index) => keys.indexOf(key) < index)
  if (twice !== undefined)
    throw new MailrunError(`${twice} is there twice, and the two would replace each other: leave one`, path)
  return records
}

const isRevocation = ({ purpose, value }: MailRecord): boolean => purpose === 'dkim' && isRevokedDkim(value)

const naming = (record: MailRecord): MailRecord =>
  isRevocation(record) ? { ...record, replaces: record.replaces ?? [] } : record
