// `mailrun verify` for people: a line per host and domain, then what is wrong, each once, with what to do; and as a
// document.
import { verdictsOf, type HostProof, type ProofStatus, type SigningProof, type Verdict } from '../model/proof.ts'
import type { Colours } from './colour.ts'
import { DELIVERY_TITLES, deliveryNotes, deliveryRows, plain, type Cell } from './delivery.ts'
import { harmless, harmlessLine } from './harmless.ts'
import { count } from './name-list.ts'
import { secondsText } from './recap.ts'
import { pad, width } from './width.ts'

export interface ProofDocument {
  readonly hosts: readonly HostProof[]
  readonly totals: {
    readonly hosts: Readonly<Record<HostProof['status'], number>>
    readonly proofs: Readonly<Record<ProofStatus, number>>
    readonly seconds: number
  }
}

const HOST_STATUSES: readonly HostProof['status'][] = [
  'pass',
  'fail',
  'unknown',
  'failed',
  'unreachable',
  'interrupted',
  'not-reached',
]
const STATUSES: readonly ProofStatus[] = ['pass', 'fail', 'unknown', 'none']

/** As docs/verify.schema.json describes it. */
export function proofDocument(hosts: readonly HostProof[], seconds: number): ProofDocument {
  const numberOf = <Word extends string>(
    words: readonly Word[],
    all: readonly { readonly status: Word }[],
  ): Readonly<Record<Word, number>> =>
    Object.fromEntries(words.map((word) => [word, all.filter(({ status }) => status === word).length])) as Record<
      Word,
      number
    >
  return {
    hosts,
    totals: {
      hosts: numberOf(HOST_STATUSES, hosts),
      proofs: numberOf(STATUSES, hosts.flatMap(verdictsOf)),
      seconds: Math.round(seconds * 1000) / 1000,
    },
  }
}

export function proofText(hosts: readonly HostProof[], seconds: number, paint: Colours): string {
  const table = [
    ...tableOf(
      ['host', 'domain', 'local', 'submission', 'outsider', 'bounce', 'SPF', 'DMARC', 'names'],
      hosts.flatMap(rowsOf),
      paint,
    ),
    ...tableOf(DELIVERY_TITLES, hosts.flatMap(deliveryRows), paint),
  ]
  const unreached = hosts
    .filter(({ error }) => error !== undefined)
    .map(({ name, status, error }) => `${paint.bad(status)}  ${name}\n${indent(error!)}`)
  return [
    ...table,
    ...deliveryNotes(hosts),
    ...problemsOf(hosts, paint),
    ...unreached,
    sumOf(hosts, seconds, paint),
    '',
  ].join('\n')
}

function tableOf(titles: readonly string[], rows: readonly (readonly Cell[])[], paint: Colours): readonly string[] {
  const head = titles.map(plain)
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => width(row[column]!.text))))
  const lineOf = (row: readonly Cell[], painted: (cell: Cell) => (text: string) => string): string =>
    row
      .map((cell, column) => painted(cell)(column === row.length - 1 ? cell.text : pad(cell.text, widths[column]!)))
      .join('  ')
      .trimEnd()
  const byStatus = ({ status }: Cell): ((text: string) => string) =>
    status === 'pass'
      ? paint.good
      : status === 'fail'
        ? paint.bad
        : status === 'unknown'
          ? paint.doubtful
          : (text) => text
  return rows.length === 0 ? [] : [lineOf(head, () => paint.faint), ...rows.map((row) => lineOf(row, byStatus)), '']
}

function rowsOf(host: HostProof): readonly (readonly Cell[])[] {
  const { name, signing, spf, dmarc, reverse } = host
  const names = summary(reverse.map(({ verdict }) => verdict))
  return [...new Set(signing.map(({ domain }) => domain))].map((domain) => {
    const role = (word: SigningProof['role']): Cell => {
      const proof = signing.find((each) => each.domain === domain && each.role === word)
      return proof === undefined
        ? plain('-')
        : {
            text: proof.verdict.id === 'signed' ? signatureText(proof) : proof.verdict.id,
            status: proof.verdict.status,
          }
    }
    const policy = dmarc.find((each) => each.domain === domain)
    const own = spf.filter((each) => each.domain === domain && each.identity === 'mailfrom')
    return [
      plain(harmlessLine(name)),
      plain(domain),
      role('local'),
      role('submission'),
      role('outsider'),
      role('bounce'),
      { ...summary(own.map(({ verdict }) => verdict)) },
      policy === undefined
        ? plain('-')
        : {
            text: `${policy.verdict.status === 'pass' ? 'pass' : policy.verdict.id}${policy.policy === undefined ? '' : `, p=${policy.policy}`}`,
            status: policy.verdict.status,
          },
      names,
    ]
  })
}

const signatureText = ({ signatures }: SigningProof): string =>
  harmlessLine(
    signatures
      .map(
        ({ selector, algorithm, bits }) =>
          `${selector} ${algorithm.replace(/-sha256$/, '')}${bits === undefined ? '' : ` ${bits}`}`,
      )
      .join(' + '),
  )

function summary(verdicts: readonly Verdict[]): Cell {
  const worst =
    verdicts.find(({ status }) => status === 'fail') ??
    verdicts.find(({ status }) => status === 'unknown') ??
    verdicts[0]
  return worst === undefined ? plain('-') : { text: worst.status === 'pass' ? 'pass' : worst.id, status: worst.status }
}

/** The same of several hosts and domains is told once. */
function problemsOf(hosts: readonly HostProof[], paint: Colours): readonly string[] {
  const found = new Map<string, { readonly verdict: Verdict; readonly about: string[] }>()
  for (const host of hosts) {
    const { name, signing, spf, dmarc, reverse, delivery } = host
    const all: readonly (readonly [about: string, verdict: Verdict])[] = [
      ...signing.map(({ domain, role, verdict }) => [`${name}: ${domain}, ${role}`, verdict] as const),
      ...spf.map(
        ({ domain, identity, verdict }) =>
          [`${name}: SPF of ${domain}${identity === 'helo' ? ' (HELO)' : ''}`, verdict] as const,
      ),
      ...dmarc.map(({ domain, verdict }) => [`${name}: DMARC of ${domain}`, verdict] as const),
      ...reverse.map(({ address, verdict }) => [`${name}: ${address}`, verdict] as const),
      ...delivery.map(({ domain, path, verdict }) => [`${name}: mail from ${domain}, ${path}`, verdict] as const),
    ]
    for (const [about, verdict] of all) {
      if (verdict.status === 'pass' || verdict.status === 'none') continue
      const key = JSON.stringify([verdict.id, verdict.what, verdict.advice])
      const known = found.get(key)
      if (known) known.about.push(about)
      else found.set(key, { verdict, about: [about] })
    }
  }
  return [...found.values()].map(({ verdict, about }) => {
    const { status, id, what, advice } = verdict
    const word = (status === 'fail' ? paint.bad : paint.doubtful)(`${status}  ${id}`)
    return [
      `${word}  ${harmlessLine(about.length > 6 ? `${about.slice(0, 5).join('; ')}; and ${about.length - 5} more` : about.join('; '))}`,
      indent(what),
      ...(advice === undefined ? [] : [indent(`→ ${advice}`)]),
      '',
    ].join('\n')
  })
}

const indent = (text: string): string =>
  harmless(text)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

function sumOf(hosts: readonly HostProof[], seconds: number, paint: Colours): string {
  const { totals } = proofDocument(hosts, seconds)
  const parts = <Word extends string>(counts: Readonly<Record<Word, number>>): string =>
    (Object.entries(counts) as [Word, number][])
      .filter(([, number]) => number > 0)
      .map(([word, number]) => `${number} ${word}`)
      .join(', ')
  return `${paint.strong(count(hosts.length, 'host'))}: ${parts(totals.hosts)}; ${parts(totals.proofs) || 'nothing proved'}; in ${secondsText(seconds)}`
}
