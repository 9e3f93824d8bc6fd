// The catalogue of findings knows every id that is used anywhere, and each that it knows is used.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { FINDING_KINDS } from '../../../src/model/findings/finding-kinds.ts'
import { DELIVERY_VERDICTS, GOOD_VERDICTS, PROOF_FINDINGS } from '../../../src/model/findings/proof-findings.ts'
import { RECORD_FINDINGS } from '../../../src/model/findings/record-findings.ts'
import { SETUP_FINDINGS } from '../../../src/model/findings/setup-findings.ts'
import { KNOWN_RESULTS } from '../../../src/verify/delivery.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('page of findings')
/** All sources of a folder, whatever lines the formatter breaks them into. */
const sourcesOf = (folder: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n')
    .replace(/\s+/g, ' ')
    .replaceAll('( ', '(')

test('no two vocabularies have an id in common', () => {
  const all = [SETUP_FINDINGS, PROOF_FINDINGS, RECORD_FINDINGS, GOOD_VERDICTS].flatMap((each) => Object.keys(each))
  assert.equal(
    all.filter((id, index) => all.indexOf(id) < index),
    [],
  )
  assert.equal(
    Object.keys(FINDING_KINDS).filter((id) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)),
    [],
  )
})

test('every verdict of verify is known, and no other', () => {
  const ids = new Set(
    [
      ...sourcesOf('src/verify').matchAll(/\bid: (?:\w+ \? '([a-z-]+)' : )?'([a-z-]+)'|fault\('\w+', '([a-z-]+)'/g),
    ].flatMap((match) => match.slice(1).filter((id: string | undefined) => id !== undefined)),
  )
  for (const result of ['fail', 'softfail', 'neutral']) ids.add(`spf-${result}`)
  for (const [method, results] of Object.entries(KNOWN_RESULTS))
    for (const result of results) ids.add(`${method}-${result}`)
  ids.add('not-sent')
  assert.equal(
    [...new Set([PROOF_FINDINGS, GOOD_VERDICTS, DELIVERY_VERDICTS].flatMap((each) => Object.keys(each)))].sort(),
    [...ids].sort(),
  )
})

test('every finding on records and setups is used, and every one that is used is known', () => {
  const mail = new Set(
    [
      ...(sourcesOf('src/mail') + sourcesOf('src/commands')).matchAll(
        /'((?:spf|dkim|dmarc|legacy|host)-[a-z0-9-]+)', (?:'(?:error|warning|note)'|'[a-z]|`|rua)/g,
      ),
    ].map((match) => match[1]!),
  )
  for (const purpose of ['spf-helo', 'dmarc-report']) mail.delete(purpose)
  mail.add('dkim-unreadable-key').add('dkim-no-key')
  assert.ok(mail.size > 40, String(mail.size))
  assert.equal(
    [...mail].filter((id) => !Object.hasOwn(FINDING_KINDS, id)),
    [],
  )
  const own = sourcesOf('src/audit') + sourcesOf('src/dns')
  assert.equal(
    Object.keys(RECORD_FINDINGS).filter((id) => !mail.has(id) && !own.includes(`'${id}'`)),
    [],
  )
  assert.equal(
    Object.keys(SETUP_FINDINGS).filter((id) => !own.includes(`'${id}'`)),
    [],
  )
})

test.run()
