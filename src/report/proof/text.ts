// Writes the result of `mailrun verify` for people: a line for each host and domain, then each cause once, with
// what to do.
import {
  signingVerdicts,
  type DmarcProof,
  type HostProof,
  type SigningProof,
  type Verdict,
} from '../../mail/proof/proof.ts'
import type { Colours } from '../write/colour.ts'
import { DELIVERY_TITLES, deliveryNotes, deliveryRows, plain, type Cell } from './delivery.ts'
import type { ProofFormat } from './format.ts'
import { proofTotals } from './totals.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { placesOf } from '../audit/words.ts'
import { count, shortened } from '../write/name-list.ts'
import { secondsText } from '../run/recap.ts'
import type { Look } from '../screen.ts'
import { wrappedText } from '../write/wrap.ts'
import { pad, width } from '../write/width.ts'
import { EMPTY, indented, joined, said, term, withoutEnd, type Paint, type TerminalText } from '../write/terminal.ts'

export const format: ProofFormat = {
  language: 'terminal',
  about: 'people: a line for each host and domain, then what is wrong, with what to do',
  write: proofText,
}

export function proofText(hosts: readonly HostProof[], seconds: number, { columns, paint }: Look): TerminalText {
  const rows = hosts.flatMap(rowsOf)
  const table = [
    ...tableOf(
      ['host', 'domain', 'local', 'submission', 'outsider', 'bounce', 'SPF', 'DMARC', 'names'],
      rows,
      rows.length === 0 ? EMPTY : paint.faint(LEGEND),
      paint,
    ),
    ...tableOf(DELIVERY_TITLES, hosts.flatMap(deliveryRows), EMPTY, paint),
  ]
  const unreached = hosts
    .filter(({ error }) => error !== undefined)
    .map(({ name, status, error }) => term`${paint.bad(said(status))}  ${said(name)}\n${indent(error!)}`)
  const prose = [...deliveryNotes(hosts), ...problemsOf(hosts, paint), ...unreached, sumOf(hosts, seconds, paint)]
  return wrappedText(joined([...table, ...prose, EMPTY], term`\n`), columns)
}

/** Of the columns that are not the names of records. */
const LEGEND = term`local, submission, bounce: the key that signs. outsider: mail of strangers, which no key may sign.`

function tableOf(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  legend: TerminalText,
  paint: Colours,
): readonly TerminalText[] {
  const head = titles.map(plain)
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => width(row[column]!.text))))
  const lineOf = (row: readonly Cell[], painted: (cell: Cell) => Paint): TerminalText => {
    const last = row.length - 1
    const cells = row.map((cell, column) =>
      painted(cell)(column === last ? cell.text : pad(cell.text, widths[column]!)),
    )
    return withoutEnd(joined(cells, term`  `))
  }
  const byStatus = ({ status }: Cell): Paint =>
    ({ pass: paint.good, fail: paint.bad, unknown: paint.doubtful, none: (text: TerminalText) => text })[status]
  if (rows.length === 0) return []
  const lines = [lineOf(head, () => paint.faint), ...rows.map((row) => lineOf(row, byStatus))]
  return [...lines, ...(legend === EMPTY ? [] : [legend]), EMPTY]
}

function rowsOf(host: HostProof): readonly (readonly Cell[])[] {
  const { name, signing, spf, dmarc, reverse } = host
  const names = summary(reverse.map(({ verdict }) => verdict))
  return [...new Set(signing.map(({ domain }) => domain))].map((domain) => {
    const role = (word: SigningProof['role']): Cell => {
      const proof = signing.find((each) => each.domain === domain && each.role === word)
      return proof === undefined ? plain('-') : roleCell(proof)
    }
    const policy = dmarc.find((each) => each.domain === domain)
    const own = spf.filter((each) => each.domain === domain && each.identity === 'mailfrom')
    return [
      plain(name),
      plain(domain),
      role('local'),
      role('submission'),
      role('outsider'),
      role('bounce'),
      { ...summary(own.map(({ verdict }) => verdict)) },
      policy === undefined ? plain('-') : policyCell(policy),
      names,
    ]
  })
}

const roleCell = (proof: SigningProof): Cell => {
  const { id, status } = proof.verdict
  const words: Readonly<Record<string, string>> = { signed: signatureText(proof), 'outsider-unsigned': 'unsigned' }
  return { text: said(words[id] ?? id), status }
}

function signatureText({ signatures }: SigningProof): string {
  const keys = signatures.map(({ selector, algorithm, bits }) => {
    const size = bits === undefined ? '' : ` ${bits}`
    return `${selector} ${algorithm.replace(/-sha256$/, '')}${size}`
  })
  return keys.join(' + ')
}

const policyCell = ({ verdict, policy }: DmarcProof): Cell => ({
  text: said(`${wordOf(verdict)}${policy === undefined ? '' : `, p=${policy}`}`),
  status: verdict.status,
})

function summary(verdicts: readonly Verdict[]): Cell {
  const worst =
    verdicts.find(({ status }) => status === 'fail') ??
    verdicts.find(({ status }) => status === 'unknown') ??
    verdicts[0]
  return worst === undefined ? plain('-') : { text: said(wordOf(worst)), status: worst.status }
}

const wordOf = ({ status, id }: Verdict): string => (status === 'pass' ? 'pass' : id)

/** One cause is reported once, with all hosts and domains that it concerns. */
function problemsOf(hosts: readonly HostProof[], paint: Colours): readonly TerminalText[] {
  return [...groupedBy(badOf(hosts), ({ verdict }) => causeKey(verdict)).values()].map((those) => {
    const { status } = those[0]!.verdict
    const verdicts = those.map(({ verdict }) => verdict)
    const ids = new Set(verdicts.map(({ id }) => id))
    const word = (status === 'fail' ? paint.bad : paint.doubtful)(said(`${status}  ${[...ids].join(', ')}`))
    const { beside, lines } = placesOf({ subjects: those.map(({ host, about }) => ({ host, about })) })
    const parts = [
      withoutEnd(term`${word}  ${said(beside)}`),
      ...lines.map(indent),
      ...shortened([...new Set(verdicts.map(({ what }) => what))], MESSAGES_AT_MOST).map(indent),
      ...remediesOf(verdicts).map((remedy) => indent(`→ ${remedy}`)),
      EMPTY,
    ]
    return joined(parts, term`\n`)
  })
}

/** Of one cause; all of them are in the formats for programs. */
const MESSAGES_AT_MOST = 20

interface Said {
  readonly host: string
  /** What it is about, on the host. */
  readonly about: string
  readonly verdict: Verdict
}

const badOf = (hosts: readonly HostProof[]): readonly Said[] =>
  hosts.flatMap(saidOf).filter(({ verdict: { status } }) => status === 'fail' || status === 'unknown')

/** Without a cause in common, verdicts of one id that have one remedy belong together. */
const causeKey = ({ status, id, what, advice, cause }: Verdict): string =>
  JSON.stringify([status, cause?.key ?? [id, advice ?? what]])

/** Usually one; a cause may say it for each place, such as the record to publish. */
const remediesOf = (verdicts: readonly Verdict[]): readonly string[] => [
  ...new Set(
    verdicts.flatMap(({ advice, cause, what }) => {
      const isOne = verdicts.every((each) => each.what === what && each.advice === advice)
      return (isOne ? advice : (cause?.remedy ?? advice)) ?? []
    }),
  ),
]

/** All verdicts of a host, each with what it is about. */
function saidOf(host: HostProof): readonly Said[] {
  const { name, signing, spf, dmarc, reverse, delivery } = host
  return [
    ...signing.flatMap((proof) =>
      signingVerdicts(proof).map((verdict) => ({ host: name, about: `${proof.domain}, ${proof.role}`, verdict })),
    ),
    ...spf.map(({ domain, identity, verdict }) => {
      const greeting = identity === 'helo' ? ' (HELO)' : ''
      return { host: name, about: `SPF of ${domain}${greeting}`, verdict }
    }),
    ...dmarc.map(({ domain, verdict }) => ({ host: name, about: `DMARC of ${domain}`, verdict })),
    ...reverse.map(({ address, verdict }) => ({ host: name, about: address, verdict })),
    ...delivery.map(({ domain, path, verdict }) => ({ host: name, about: `mail from ${domain}, ${path}`, verdict })),
  ]
}

const indent = (text: string): TerminalText => joined(indented(text, term`    `), term`\n`)

function sumOf(hosts: readonly HostProof[], seconds: number, paint: Colours): TerminalText {
  const totals = proofTotals(hosts, seconds)
  const parts = <Word extends string>(counts: Readonly<Record<Word, number>>): string =>
    (Object.entries(counts) as [Word, number][])
      .filter(([, number]) => number > 0)
      .map(([word, number]) => `${number} ${word}`)
      .join(', ')
  const checks = Object.values(totals.proofs).reduce((sum, number) => sum + number, 0)
  const proved = checks === 0 ? 'nothing checked' : `${count(checks, 'check')}: ${parts(totals.proofs)}`
  const who = paint.strong(said(count(hosts.length, 'host')))
  return term`${who}: ${said(`${parts(totals.hosts)}; ${proved}`)}; in ${secondsText(seconds)}`
}
