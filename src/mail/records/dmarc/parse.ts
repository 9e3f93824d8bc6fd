// Parses DMARC records: what receivers may use of them (RFC 9989, section 4.8), and what is wrong with the rest.
import type { Finding } from '../../../findings/finding.ts'
import { dmarcFinding, type DMARC_KINDS } from './findings.ts'
import type { Tag } from '../tag-list.ts'
import type { DmarcRecord } from './record.ts'
import { reportUriProblem } from './report-uri.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

const POLICIES = ['none', 'quarantine', 'reject']
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  p: POLICIES,
  sp: POLICIES,
  np: POLICIES,
  adkim: ['r', 's'],
  aspf: ['r', 's'],
  psd: ['y', 'n', 'u'],
  t: ['y', 'n'],
}

/** Whether a TXT value is a DMARC record, good or bad: `v` first, and `DMARC1` in capitals. */
export const isDmarc = (txt: Untrusted): boolean => /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(txt)

function areFailureOptions(options: readonly Untrusted[]): boolean {
  const contradict = options.includes('0') && options.includes('1')
  const once = new Set(options).size === options.length
  return once && !contradict && options.every((each) => ['0', '1', 'd', 's'].includes(each))
}

export interface ReadDmarc {
  readonly record: DmarcRecord
  /** Of tags that receivers pass over, for their values or places are wrong. */
  readonly findings: readonly Finding<keyof typeof DMARC_KINDS>[]
}

/** Of a record that is mostly noise, so many tell enough. */
const MOST_FAULTS = 20

/** `undefined` for what is no DMARC record. Tags with wrong values are left out, as receivers do, and reported. */
export function readDmarc(txt: Untrusted): ReadDmarc | undefined {
  if (!isDmarc(txt)) return undefined
  const parts = txt
    .split(';')
    .slice(1)
    .map((part) => part.trim())
  const given = parts.at(-1) === '' ? parts.slice(0, -1) : parts
  const findings: Finding<keyof typeof DMARC_KINDS>[] = []
  const reported = new Set<string>()
  const wrong = (what: Untrusted, problem: string): void => {
    if (reported.has(what) || findings.length === MOST_FAULTS) return
    reported.add(what)
    findings.push(
      dmarcFinding('dmarc-tag', `${what} ${problem}, and receivers pass over it`, {
        remedy: `correct or remove ${what}`,
      }),
    )
  }
  const tags: Tag[] = []
  const names = new Set<string>()
  for (const part of given) {
    const [, name, value] = /^([A-Za-z]+)[ \t]*=[ \t]*(.*)$/.exec(part) ?? []
    if (name === undefined || value === undefined) wrong(JSON.stringify(part), 'is no tag')
    else if (names.has(name.toLowerCase())) wrong(part, 'is there twice')
    else {
      names.add(name.toLowerCase())
      tags.push([name.toLowerCase(), value])
    }
  }
  const read: Record<string, unknown> = {}
  const others: Tag[] = []
  for (const [name, value] of tags) {
    const lower = value.toLowerCase()
    if (ONE_OF[name] !== undefined) {
      if (ONE_OF[name].includes(lower)) read[name] = lower
      else wrong(`${name}=${value}`, `is none of ${ONE_OF[name].join(', ')}`)
    } else if (name === 'rua' || name === 'ruf') {
      const uris = value.split(',').map((uri) => uri.trim())
      for (const uri of uris) if (reportUriProblem(uri) !== undefined) wrong(`${name}=${uri}`, reportUriProblem(uri)!)
      const good = uris.filter((uri) => reportUriProblem(uri) === undefined)
      if (good.length > 0) read[name] = good
    } else if (name === 'fo') {
      const options = lower.split(':').map((each) => each.trim())
      if (areFailureOptions(options)) read['fo'] = options
      else wrong(`fo=${value}`, 'is no list of 0, 1, d and s, parted by colons, each once, 0 and 1 not together')
    } else others.push([name, value])
  }
  if (given.length > 0 && tags.some(([name]) => name === 'p') && !/^p\b/i.test(given[0]!))
    findings.push(
      dmarcFinding('dmarc-p-place', 'p is not right behind v, and receivers of RFC 7489 then pass over the record'),
    )
  return { record: { ...(read as DmarcRecord), ...(others.length > 0 ? { others } : {}) }, findings }
}
