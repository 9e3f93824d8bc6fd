// Audit rules about the name servers of a domain: all must answer, and serve the same.
import type { FindingDetails } from '../../../findings/finding.ts'
import { rule } from '../../../findings/rule.ts'
import { byLive } from '../../../findings/superseded.ts'
import type { DomainEvidence, PublishedTxt } from '../../evidence.ts'

const KINDS: Readonly<Record<'spf' | 'dmarc' | 'dkim', RegExp>> = {
  spf: /^v=spf1(?: |$)/i,
  dmarc: /^\s*v\s*=\s*dmarc/i,
  dkim: /(?:)/,
}

export const recordLags = rule({
  id: 'record-lags',
  check: 'dkim',
  severity: 'error',
  means: 'A name server does not serve the same as the others.',
  remedy: 'make sure that the zone reaches every server (serial, transfer)',
  supersededBy: [byLive('record', ['servers-differ']), byLive('column', ['servers-differ'])],
  find: ({ domain, spf, dmarc, keys }: DomainEvidence) => [
    ...lagging(domain, 'spf', spf),
    ...lagging(domain, 'dmarc', dmarc),
    ...keys.flatMap((key) => lagging(domain, 'dkim', key)),
  ],
})

/** The servers whose answer differs from the most frequent one. If two are equally frequent, the first counts. */
function lagging(
  domain: string,
  check: 'spf' | 'dmarc' | 'dkim',
  { name, servers }: PublishedTxt,
): readonly FindingDetails[] {
  const reported = servers.flatMap(({ server, values }) => {
    const text = values?.filter((value) => KINDS[check].test(value)).sort()
    return text === undefined ? [] : [{ server, text: text.join(' and ') }]
  })
  const numberOf = (text: string): number => reported.filter((each) => each.text === text).length
  const most = reported.reduce<string | undefined>(
    (best, { text }) => (best === undefined || numberOf(text) > numberOf(best) ? text : best),
    undefined,
  )
  return reported
    .filter(({ text }) => text !== most)
    .map(({ server, text }) => ({
      subject: { domain, record: name, about: server },
      check,
      message: `${server} does not serve the same as the others at ${name}`,
      expected: most || 'no record',
      found: text || 'no record',
    }))
}

/** The servers without an answer, each once. */
export function silentServers({ domain, spf, dmarc, keys }: DomainEvidence): readonly FindingDetails[] {
  const silent = new Map(
    [spf, dmarc, ...keys].flatMap(({ servers }) =>
      servers.filter(({ values }) => values === undefined).map(({ server, why = '' }) => [server, why] as const),
    ),
  )
  return [...silent].map(([server, why]) => ({
    subject: { domain, ...(server === '' ? {} : { about: server }) },
    check: 'dkim',
    message: server === '' ? why : `${server} gives no usable answer: ${why}`,
  }))
}
