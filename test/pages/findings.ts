// The page of findings, made from the findings themselves.
import { CHECKS, CHECK_NAMES } from '../../src/findings/checks.ts'
import type { FindingKind } from '../../src/findings/rule.ts'
import { SEVERITIES } from '../../src/findings/severity.ts'
import { CATALOGUE } from '../../src/audit/catalogue.ts'
import { DELIVERY_VERDICTS, GOOD_VERDICTS } from '../../src/mail/proof/verdicts.ts'
import { groupedBy } from '../../src/text/grouped-by.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/(\*@?|_)(?=\S)/g, '\\$1')

const ABOUT = [
  'On this page you look up a finding of [`mailrun audit`](audit.md), [`mailrun verify`](verify.md) or ' +
    '[`mailrun dns`](dns.md) by its id. All three use the same ids. ' +
    'An id never changes its meaning; programs and baselines rely on it. `npm run docs` writes this page.',
].join('\n')

/** `no-key` for `dkim-none` and `record-missing`: what is seen in a record, and live under another name. */
function sameCauses(): string {
  const pairs = CATALOGUE.ids.flatMap((id) =>
    (CATALOGUE.kindOf(id).supersededBy ?? [])
      .filter(({ seen, alike, by }) => seen === 'live' && alike === 'record' && by.length === 1)
      .map(({ by: [live = ''] }) => ({ live, id })),
  )
  const byLive = groupedBy(pairs, ({ live }) => live)
  return [...byLive]
    .map(([live, those]) => `\`${live}\` for ${those.map(({ id }) => `\`${id}\``).join(' and ')}`)
    .join(', ')
}

const REPORTED_ONCE = [
  'A single finding can have a lower severity than on this page; the report shows it. ' +
    'If a record and a live signature show the same fault, it is reported once, with the id of the live signature:',
  `${sameCauses()}.`,
  '`servers-differ`, `no-name-server`, `dns-failed` and the findings about records ' +
    'are in the column of the matrix that they concern.',
].join('\n')

export function findingsPage(): string {
  const all = CATALOGUE.ids.map((id): FindingKind => CATALOGUE.kindOf(id))
  const parts = CHECK_NAMES.map((check) => {
    const rows = all
      .filter((kind) => kind.check === check)
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
      .map(({ id, severity, means, remedy }) => `| \`${id}\` | ${severity} | ${cell(means)} | ${cell(remedy)} |`)
    return `## ${CHECKS[check].title}

Whether ${CHECKS[check].about}.

| id | severity | what it means | what to do |
|---|---|---|---|
${rows.join('\n')}
`
  })
  return `# Findings

${ABOUT}

| severity | meaning |
|---|---|
| error | mail is lost, unsigned or forged, or will be |
| unknown | it could not be found out |
| warning | it works, but it is risky or incomplete |
| note | good to know |

${REPORTED_ONCE}

${parts.join('\n')}
## Messages that were really sent

Verdicts of \`mailrun verify --deliver\`, beside \`spf-…\`, \`dmarc-…\` and \`dns-failed\` as above.

| id | |
|---|---|
${Object.entries(DELIVERY_VERDICTS)
  .map(([id, means]) => `| \`${id}\` | ${cell(means)} |`)
  .join('\n')}

## Verdicts that are no findings

| id | |
|---|---|
${Object.entries(GOOD_VERDICTS)
  .map(([id, means]) => `| \`${id}\` | ${cell(means)} |`)
  .join('\n')}
`
}
