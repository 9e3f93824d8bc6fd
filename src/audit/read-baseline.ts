// Reads and writes the baseline of an audit, a YAML file of accepted findings.
import { Scalar, stringify } from 'yaml'
import { parseYaml } from '../inventory/yaml-file.ts'
import type { AuditFinding, AuditReport } from './audit-report.ts'
import { CATALOGUE } from './catalogue.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { UNSEEN } from '../text/unseen.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { nearest } from '../text/nearest.ts'
import { BASELINE_SUBJECTS, type Baseline, type BaselineEntry } from './baseline.ts'

const MEMBERS: readonly string[] = ['id', ...BASELINE_SUBJECTS, 'reason', 'until']

/** @throws MailrunError with file:line */
export async function parseBaseline(path: string, text: string, keyring: Keyring): Promise<Baseline> {
  const file = await parseYaml(path, text, keyring)
  const top = file.entries(file.root, 'a baseline', path)
  const other = top.find(({ key }) => key !== 'accepted')
  if (other !== undefined)
    throw new MailrunError(`a baseline has the one entry accepted, a list of findings; got ${other.key}`, other.where)
  const list = top[0]?.value ?? null
  if (list === null) return []
  if (!('items' in list) || !Array.isArray(file.value(list)))
    throw new MailrunError('accepted must be a list of findings, each with id and reason', file.at(list))
  return (list.items as readonly (typeof list)[]).map((item) =>
    entryOf(file.entries(item, 'an accepted finding', file.at(item)), file.at(item), file.value.bind(file)),
  )
}

type Entries = ReturnType<Awaited<ReturnType<typeof parseYaml>>['entries']>

function entryOf(entries: Entries, where: string, valueOf: (node: Entries[number]['value']) => unknown): BaselineEntry {
  const given = new Map<string, string>()
  for (const { key, value, where: at } of entries) {
    if (!MEMBERS.includes(key))
      throw new MailrunError(`an accepted finding has ${MEMBERS.join(', ')}; got ${key}${suggestion(key, MEMBERS)}`, at)
    const text = valueOf(value)
    if (typeof text !== 'string' || text.trim() === '') throw new MailrunError(`${key}: a text is wanted`, at)
    given.set(key, text.trim())
  }
  const [id, reason, until] = [given.get('id'), given.get('reason'), given.get('until')]
  if (id === undefined) throw new MailrunError('an accepted finding needs id', where)
  if (!CATALOGUE.has(id)) {
    throw new MailrunError(
      `there is no finding ${id}${suggestion(id, CATALOGUE.ids)} (docs/mail/findings.md lists all)`,
      where,
    )
  }
  if (reason === undefined)
    throw new MailrunError(`${id}: an accepted finding needs reason, for whoever reads this next`, where)
  if (until !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until))))
    throw new MailrunError(`${id}: until must be a day, such as 2027-01-31; got ${until}`, where)
  return {
    id,
    reason,
    ...(until === undefined ? {} : { until }),
    ...Object.fromEntries(BASELINE_SUBJECTS.flatMap((name) => (given.has(name) ? [[name, given.get(name)!]] : []))),
    where,
  }
}

function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words)
  return near === undefined ? '' : `: did you mean ${near}?`
}

const HEAD =
  '# Findings of mailrun audit that are accepted: they are shown, and do not count. ' +
  'Give each a reason of your own, and "until: YYYY-MM-DD" where it is for a time.\n'

/** Every finding of a report, those that are accepted with their reasons: what is found from now on is new. */
export function writtenBaseline({ findings, date }: AuditReport): string {
  const day = date.slice(0, 10)
  const seen = new Map(
    findings.flatMap((finding) =>
      finding.subjects.map((subject) => {
        const entry = {
          id: finding.id,
          ...named(subject),
          reason: finding.accepted?.reason ?? `found on ${day}, when the baseline was written`,
          ...(finding.accepted?.until === undefined ? {} : { until: finding.accepted.until }),
        }
        return [JSON.stringify({ ...entry, reason: '' }), entry] as const
      }),
    ),
  )
  return HEAD + seenText(stringify({ accepted: [...seen.values()].map(quoted) }, { lineWidth: 0 }))
}

/** Who reads the file sees all that is in it: characters that show nothing are written as escapes (YAML 1.2, §5.7). */
const seenText = (yaml: string): string =>
  yaml.replace(UNSEEN, (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`)

/** In double quotes, where escapes are read, whatever such a character is in. */
const quoted = (entry: Readonly<Record<string, string>>): Readonly<Record<string, string | Scalar>> =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]): [string, string | Scalar] => {
      if (value.search(UNSEEN) < 0) return [key, value]
      const scalar = new Scalar(value)
      scalar.type = 'QUOTE_DOUBLE'
      return [key, scalar]
    }),
  )

/** Without the line, which moves. A pattern character stands for itself by `?`. */
function named(subject: AuditFinding['subjects'][number]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    BASELINE_SUBJECTS.flatMap((name) =>
      subject[name] === undefined ? [] : [[name, subject[name].replaceAll('*', '?')]],
    ),
  )
}
