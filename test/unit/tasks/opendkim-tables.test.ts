// opendkimTables: which key signs, and that no moment of the change leaves a table that names a key which the other does not.
import * as assert from 'uvu/assert'
import type { PathState } from '../../../src/probes/path.ts'
import type { Signing } from '../../../src/probes/signing.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { opendkimTables } from '../../../tasks/index.ts'
import { suite } from '../../suite.ts'

const test = suite('opendkimTables')
const D = '/etc/dkimkeys'
const HEADER = '# Written by mailrun.\n'
const signing = (domain: string, selector: string): Signing => ({ domain, selector, path: `${D}/${domain}/${selector}.private`, key: { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey: 'AAAA' }, directories: [], groups: [] })
const absent: PathState = { is: { kind: 'absent' }, parent: 'directory', missing: [] }
const key: PathState = { ...absent, is: { kind: 'file', owner: 'opendkim', group: 'opendkim', mode: '0600', sha256: 'x', mtime: '1' } }
const args = { domains: ['a.example', 'b.example'], selector: 'mx1' }

const written = (active: Readonly<Record<string, string>> | undefined, keys: readonly PathState[]): readonly (readonly [string, string])[] => {
  const plan = planOf(opendkimTables({ ...args, ...(active === undefined ? {} : { active }) }), { signing: args.domains.map((domain) => signing(domain, 'mx1')), foreign: { names: [], unreadable: undefined }, tables: [absent, absent], keys }, {})
  assert.is(plan.kind, 'change', JSON.stringify(plan))
  return plan.kind === 'change' ? plan.changes.map(({ summary, diff }) => [summary.split(':')[0]!, diff?.after ?? '']) : []
}
const line = (domain: string, selector: string): string => `${selector}._domainkey.${domain} ${domain}:${selector}:${D}/${domain}/${selector}.private\n`

test('without active the keys in use stay', () => {
  assert.equal(written(undefined, []), [['KeyTable', `${HEADER}${line('a.example', 'mx1')}${line('b.example', 'mx1')}`], ['SigningTable', `${HEADER}*@a.example mx1._domainkey.a.example\n*@b.example mx1._domainkey.b.example\n`]])
})

test('another key goes into the KeyTable first, and the former one leaves it last', () => {
  assert.equal(written({ 'b.example': 'mx1-20270301' }, [key]), [
    ['KeyTable', `${HEADER}${line('a.example', 'mx1')}${line('b.example', 'mx1-20270301')}${line('b.example', 'mx1')}`],
    ['SigningTable', `${HEADER}*@a.example mx1._domainkey.a.example\n*@b.example mx1-20270301._domainkey.b.example\n`],
    ['KeyTable', `${HEADER}${line('a.example', 'mx1')}${line('b.example', 'mx1-20270301')}`],
  ])
})

test('a key that is not there cannot become active', () => {
  const plan = planOf(opendkimTables({ ...args, active: { 'b.example': 'new' } }), { signing: args.domains.map((domain) => signing(domain, 'mx1')), foreign: { names: [], unreadable: undefined }, tables: [absent, absent], keys: [absent] }, {})
  assert.is(plan.kind, 'blocked')
  assert.match(plan.kind === 'blocked' ? plan.why : '', '/etc/dkimkeys/b.example/new.private, which is to sign from now on, is no file')
})

test('active is for the domains of the host, and takes selectors', () => {
  assert.throws(() => opendkimTables({ ...args, active: { 'c.example': 'x' } }), /active names "c\.example", which is not among domains/)
  assert.throws(() => opendkimTables({ ...args, active: { 'a.example': 'x y' } }), /active must give a selector for each domain, got "x y"/)
})

test.run()
