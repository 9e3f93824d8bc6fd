// firewall: rules are proved over a new connection before anything keeps them.
import * as assert from 'uvu/assert'
import { tablesIn } from '../../../src/resources/firewall/tables.ts'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import { createHash } from 'node:crypto'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { firewall, type FirewallState } from '../../../tasks/firewall.ts'
import { suite } from '../../suite.ts'
import { absent, folder, text } from './states.ts'

const test = suite('firewall')
const rules = 'flush ruleset\ntable inet filter {\n}\n'
const sha256 = createHash('sha256').update(rules).digest('hex')
const args = { rules }
const fit: FirewallState = {
  installed: true,
  running: sha256,
  armed: false,
  enabled: true,
  file: text(rules, 'root', '0755'),
}
const PROOF = ['load, with a way back in 60 s', 'keep, over a new connection']

test('rules are loaded and proved where others run, or nobody kept them; the file comes after that', () => {
  checkCase(firewall, { args, now: fit, expect: [] })
  checkCase(firewall, { args, now: { ...fit, running: undefined }, expect: [...PROOF, 'note them'] })
  checkCase(firewall, { args, now: { ...fit, armed: true }, expect: [...PROOF, 'note them'] })
  checkCase(firewall, {
    args,
    now: { ...fit, running: undefined, enabled: false, file: absent },
    expect: [...PROOF, 'file: create', 'load them at boot'],
  })
})

test('a file or a boot that differs alone needs no proof', () => {
  checkCase(firewall, { args, now: { ...fit, file: text('x', 'root', '0755') }, expect: ['file: content'] })
  checkCase(firewall, { args, now: { ...fit, enabled: false }, expect: ['load them at boot'] })
})

test('what is in the way blocks', () => {
  checkCase(firewall, { args, now: { ...fit, installed: false }, expect: { blocked: 'install nftables with apt' } })
  checkCase(firewall, { args, now: { ...fit, file: folder() }, expect: { blocked: 'is a directory' } })
})

test('they are kept over a new connection, made in half of the time', () => {
  const plan = planOf(firewall({ rules, revertAfterSeconds: 31 }), { ...fit, running: undefined }, {})
  const [load, keep, ...others] = plan.kind === 'change' ? plan.changes : []
  assert.equal([load!.reconnect, keep!.reconnect?.withinSeconds], [undefined, 15])
  assert.equal(
    others.map(({ reconnect }) => reconnect),
    [undefined],
  )
})

test('the way back is set before the rules are loaded', () => {
  const plan = planOf(firewall(args), { ...fit, running: undefined }, {})
  const { apply } = plan.kind === 'change' ? plan.changes[0]! : { apply: { text: '' } }
  const [saved, armed, loaded] = ['nft list ruleset; }', 'systemd-run', 'nft -f - '].map((each) =>
    apply.text.indexOf(each),
  )
  assert.ok(saved! > 0 && saved! < armed! && armed! < loaded!)
})

test('the answer tells which text runs, if its tables are as they were', () => {
  const { probe } = firewall(args)
  const file = { code: 0, stdout: JSON.stringify({ parent: 'd', missing: [] }), stderr: '' }
  const read = (...lines: readonly string[]): FirewallState =>
    probe.parse(partsAnswer([{ code: 0, stdout: `${lines.join('\n')}\n\0end`, stderr: '' }, file]))
  const digest = 'a'.repeat(64)
  assert.is(read('yes', digest, `${sha256} ${digest}`, 'no', 'yes').running, sha256)
  assert.is(read('yes', 'b'.repeat(64), `${sha256} ${digest}`, 'no', 'yes').running, undefined)
  assert.is(read('no', 'none', 'none', 'no', 'no').running, undefined)
  assert.equal(read('yes', digest, 'none', 'yes', 'no').armed, true)
  assert.throws(() => read('yes'), /cannot be asked for/)
})

test('tables are found as nft writes them', () => {
  assert.equal(
    tablesIn(
      'table filter {\n#table ip no {\n table inet a-b {}\nadd table ip6 x; create table arp y\ntable inet a-b {',
    ),
    ['ip filter', 'inet a-b', 'ip6 x', 'arp y'],
  )
})

test('rules that nobody can tell the tables of are refused, and times in which nothing can be proved', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => firewall({ ...args, ...given }), message)
  refused({ rules: 'x\n' }, /rules make no table/)
  refused({ rules: 'table inet filter {}' }, /must end with a line feed/)
  refused({ rules: 'table inet filter {\n}\ninclude "/etc/x"\n' }, /include another file/)
  refused({ rules: 'table inet x {\0\n}\n' }, /NUL/)
  for (const revertAfterSeconds of [9, 3601, 10.5]) refused({ revertAfterSeconds }, /from 10 to 3600/)
  assert.ok(firewall({ rules: 'flush ruleset\n' }))
})

test.run()
