// Ansible's ranges in host names: mx[01:03] is mx01, mx02, mx03.
import { MailrunError } from '../model/mailrun-error.ts'

const AT_MOST = 100_000

/** @throws MailrunError for a range that makes no sense. */
export function expandRange(name: string, where: string): readonly string[] {
  const match = /^([^[\]]*)\[(\d+):(\d+)(?::(\d+))?\](.*)$/.exec(name)
  if (!match) return [name]
  const [, before = '', from = '', to = '', step = '1', after = ''] = match
  const [first, last, by] = [Number(from), Number(to), Number(step)]
  if ((last - first) / by > AT_MOST) throw new MailrunError(`the range ${name} has more than ${AT_MOST} names`, where)
  if (last < first || by < 1) throw new MailrunError(`the range ${name} makes no sense: [first:last] is wanted, first not above last`, where)
  const width = from.startsWith('0') ? from.length : 0
  const names: string[] = []
  for (let n = first; n <= last; n += by) names.push(...expandRange(`${before}${String(n).padStart(width, '0')}${after}`, where))
  return names
}
