// The page of findings, made from the findings themselves.
import { CHECKS, CHECK_NAMES } from '../../src/findings/checks.ts'
import type { FindingKind } from '../../src/findings/rule.ts'
import { SEVERITIES } from '../../src/findings/severity.ts'
import { CATALOGUE } from '../../src/audit/catalogue.ts'
import { DELIVERY_VERDICTS, GOOD_VERDICTS } from '../../src/mail/proof/verdicts.ts'
import { groupedBy } from '../../src/text/grouped-by.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/(\*@?|_)(?=\S)/g, '\\$1')

const ABOUT = [
  'Every finding of [`mailrun audit`](audit.md), [`mailrun verify`](verify.md) and [`mailrun dns`](dns.md): ' +
    'one vocabulary for all. An id never changes its meaning; programs and baselines rely on it. ' +
    'Written by `npm run docs` from the source.',
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
  'A finding may be less grave where it stands than here, and says so. ' +
    'The same fault seen in a record and by a live signature is reported once, as the latter:',
  `${sameCauses()}.`,
  '`servers-differ`, `no-name-server`, `dns-failed` and the findings on records ' +
    'stand in the column that they are about.',
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

| severity | |
|---|---|
| error | mail is lost, unsigned or forged, or will be |
| unknown | it could not be found out |
| warning | it works, and is risky or incomplete |
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
