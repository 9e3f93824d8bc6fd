// The outputs of an audit over evidence with nearly every finding in it, byte by byte as they were. A change that is
// meant is taken over by MAILRUN_WRITE_OUTPUTS=1.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { lintAdspSet } from '../../../src/mail/records/adsp.ts'
import { lintDkimSet } from '../../../src/mail/records/dkim/lint.ts'
import { lintDmarcSet } from '../../../src/mail/records/dmarc/lint.ts'
import { fleetFinding } from '../../../src/mail/fleet/findings.ts'
import { lintSpfCoverage, lintSpfSet, lintSpfStrangers } from '../../../src/mail/records/spf/lint.ts'
import { parseSpf } from '../../../src/mail/records/spf/parse.ts'
import { AUDIT_FORMATS } from '../../../src/report/audit/formats.ts'
import { loadFormat } from '../../../src/report/registry.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'
import { report, SPF } from './evidence.ts'
import {
  DMARC_RECORDS,
  KEY_RECORDS,
  lookupsOf,
  RICH_BASELINE,
  richEvidence,
  SPF_RECORDS,
  WALKED,
} from './rich-evidence.ts'

const test = suite('audit: outputs')
const FILE = join(ROOT, 'test/unit/audit/outputs.txt')

const strangers = lintSpfStrangers(parseSpf('v=spf1 ip4:198.51.100.7 ip6:2001:db8:1::/48 -all'), ['192.0.2.1'])
const weakens = fleetFinding('dmarc-weakens', 'example.org has p=reject now, and is to have p=none')
const notes = [...strangers.map((each) => ({ ...each, message: `example.org: ${each.message}` })), weakens]

/** Those that are kept as a digest alone: all are made of the same report. */
const DIGESTS = ['text', 'json', 'junit', 'sarif', 'markdown', 'html']

const linted = [
  ...SPF_RECORDS.map(lintSpfSet),
  ...DMARC_RECORDS.map(lintDmarcSet),
  ...KEY_RECORDS.map(lintDkimSet),
  lintAdspSet(['dkim=all']),
  strangers,
  lintSpfCoverage(parseSpf(SPF), ['192.0.2.1', '192.0.2.2', '2001:db8::2']),
  ...WALKED.map(lookupsOf),
].map((findings) => findings.map(({ id, severity, message, remedy }) => [id, severity, message, remedy].join(' | ')))

async function outputs(): Promise<string> {
  const rich = report(richEvidence(notes), RICH_BASELINE)
  const shown = async (name: string): Promise<string> =>
    String((await loadFormat(AUDIT_FORMATS, name)).write(rich, { columns: 120, paint: colours(true) }))
  const digests = await Promise.all(
    DIGESTS.map(
      async (name) =>
        `${name} ${createHash('sha256')
          .update(await shown(name))
          .digest('hex')}`,
    ),
  )
  return `${[await shown('ndjson'), ...linted.flat(), ...digests].join('\n')}\n`
}

test('every output is as it was', async () => {
  const is = await outputs()
  if (process.env['MAILRUN_WRITE_OUTPUTS'] === '1') writeFileSync(FILE, is)
  const was = readFileSync(FILE, 'utf8')
  const [isLines, wasLines] = [is.split('\n'), was.split('\n')]
  const at = isLines.findIndex((line, index) => line !== wasLines[index])
  assert.ok(is === was, `line ${at + 1}: ${wasLines[at]} is now ${isLines[at]}`)
})

test('the evidence holds most of what can be found', () => {
  const { findings } = report(richEvidence(notes))
  assert.ok(new Set(findings.map(({ id }) => id)).size > 125, String(new Set(findings.map(({ id }) => id)).size))
})

test.run()
