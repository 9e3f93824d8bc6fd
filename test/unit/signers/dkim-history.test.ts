// The question for the history of a domain's keys, asked of files laid here.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ProbeError, type Family } from '../../../src/core/probe/probe.ts'
import { dkimHistoryProbe, type KeyHistory } from '../../../src/signers/keys/dkim-history.ts'
import { suite } from '../../suite.ts'

const test = suite('probes/dkim-history')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'mailrun-history-')))
test.after(() => rmSync(root, { recursive: true }))

function history(domain: string, text: string | undefined): KeyHistory {
  const probe = dkimHistoryProbe(root, domain)
  mkdirSync(join(root, domain))
  const { family, item } = probe.question as { readonly family: Family; readonly item: string }
  if (text !== undefined) writeFileSync(item, text)
  const { status, stdout, stderr } = spawnSync('sh', {
    input: family.script([item]).text,
    encoding: 'latin1',
    maxBuffer: 1 << 24,
  })
  return probe.parse(family.split({ code: status ?? 1, stdout, stderr }, [item])[0]!)
}

const MARK = '1803859200 active mx1\n'

test('a history has all its marks', () => {
  assert.equal(history('none.example', undefined), { kind: 'absent', marks: [] })
  assert.equal(history('empty.example', ''), { kind: 'file', marks: [] })
  assert.is(history('many.example', MARK.repeat(40_000)).marks.length, 40_000)
})

test('one that is too large is refused: its newest marks would be missed', () => {
  assert.throws(
    () => history('large.example', MARK.repeat(50_000)),
    (error: unknown) => error instanceof ProbeError && error.message.includes('has more than 1048576 bytes'),
  )
})

test.run()
