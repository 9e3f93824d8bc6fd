// The catalogue of findings knows every id that is used anywhere, and each that it knows is used.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { CATALOGUE } from '../../../src/audit/catalogue.ts'
import { DKIM_KINDS } from '../../../src/mail/records/dkim/findings.ts'
import { DMARC_KINDS } from '../../../src/mail/records/dmarc/findings.ts'
import { FLEET_KINDS } from '../../../src/mail/fleet/findings.ts'
import { PROOF_KINDS } from '../../../src/mail/proof/findings.ts'
import { DELIVERY_VERDICTS, GOOD_VERDICTS } from '../../../src/mail/proof/verdicts.ts'
import { SPF_KINDS } from '../../../src/mail/records/spf/findings.ts'
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

test('ids are words with hyphens, and no verdict that is well has the id of a finding', () => {
  assert.equal(
    CATALOGUE.ids.filter((id) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)),
    [],
  )
  assert.equal(Object.keys(GOOD_VERDICTS).filter(CATALOGUE.has), [])
})

test('whatever supersedes a finding is a finding itself', () => {
  const named = CATALOGUE.ids.flatMap((id) => (CATALOGUE.kindOf(id).supersededBy ?? []).flatMap(({ by }) => by))
  assert.ok(named.length > 20, String(named.length))
  assert.equal(
    named.filter((id) => !CATALOGUE.has(id)),
    [],
  )
})

test('every verdict of verify is known, and no other', () => {
  const ids = new Set(
    [...sourcesOf('src/verify').matchAll(/(?:failed|unknown|passed|\))\('([a-z-]+)'|\bid: '([a-z-]+)'/g)].flatMap(
      (match) => match.slice(1).filter((id: string | undefined) => id !== undefined),
    ),
  )
  for (const result of ['fail', 'softfail', 'neutral']) ids.add(`spf-${result}`)
  for (const [method, results] of Object.entries(KNOWN_RESULTS))
    for (const result of results) ids.add(`${method}-${result}`)
  ids.add('not-sent')
  assert.equal(
    [...new Set([PROOF_KINDS, GOOD_VERDICTS, DELIVERY_VERDICTS].flatMap((each) => Object.keys(each)))].sort(),
    [...ids].sort(),
  )
})

test('every rule of the audit is in the list of its folder', () => {
  for (const folder of ['src/signers/opendkim/audit', 'src/audit/rules/postfix', 'src/audit/rules/records']) {
    const rules = [...sourcesOf(folder).matchAll(/export const (\w+)(?:: Rule<[^=]*>)? = (?:rule\(|\{ \.\.\.)/g)]
    const lists = ['list.ts', 'index.ts'].map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
    // The list of rules, and those of the other that stand in no list of names.
    const list = lists.join('\n').replaceAll(/^import .*$|'\w+'/gm, '')
    assert.ok(rules.length > 3, folder)
    assert.equal(
      rules.map(([, name = '']) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(list)),
      [],
    )
  }
})

test('every kind of finding that no rule finds is made somewhere', () => {
  const sources = ['src/mail', 'src/commands', 'src/dns', 'src/audit', 'src/verify'].map(sourcesOf).join('\n')
  const isMade = (id: string): boolean =>
    [`Finding('${id}'`, `KINDS['${id}']`, `bad('${id}'`, `id: '${id}',`].some((words) => sources.includes(words))
  const byFamily = ['spf-missing-ip4', 'spf-missing-ip6']
  const kinds = [SPF_KINDS, DKIM_KINDS, DMARC_KINDS, FLEET_KINDS].flatMap((each) => Object.keys(each))
  assert.ok(kinds.length > 30, String(kinds.length))
  assert.equal(
    kinds.filter((id) => !byFamily.includes(id) && !isMade(id)),
    [],
  )
})

test.run()
