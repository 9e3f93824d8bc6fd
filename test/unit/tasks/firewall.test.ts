// firewall: rules are proved over a new connection before anything keeps them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rulesetProbe, type RulesetState } from '../../../src/resources/firewall/ruleset.ts'
import { tablesIn, whyUnclear } from '../../../src/resources/firewall/tables.ts'
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
  unloadable: undefined,
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
  const unloadable = 'nft: /dev/stdin:6:3-17: Error: unsupported xtables compat expression'
  const others: FirewallState = { ...fit, running: undefined, unloadable }
  checkCase(firewall, {
    args,
    now: others,
    expect: { blocked: `the present rules cannot be brought back: ${unloadable}` },
  })
  const armed: FirewallState = { ...fit, armed: true, unloadable }
  checkCase(firewall, {
    args,
    now: armed,
    expect: { blocked: `the former rules cannot be brought back: ${unloadable}` },
  })
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
  const steps = ['nft list ruleset; }', 'can present', 'systemd-run', 'nft -f - ']
  const places = ['can former', 'nft -f /run/mailrun/firewall-back || exit', ...steps].map((each) =>
    apply.text.indexOf(each),
  )
  assert.ok(places.every((place) => place > 0))
  assert.equal(
    [...places].sort((a, b) => a - b),
    places,
  )
})

test('rules are checked with what is loaded before them, now and for the file', () => {
  const given = { rules: 'table inet x {\n}\ntable y\n' }
  const plan = planOf(firewall(given), { ...fit, running: undefined, file: absent }, {})
  const scripts = plan.kind === 'change' ? plan.changes.map(({ apply }) => apply.text) : []
  const prefix = "'table inet x {}; delete table inet x; table ip y {}; delete table ip y; '"
  const checked = `-- sh -c '{ printf "$1"; cat "$2"; } | nft -c -f -' sh ${prefix} %s`
  assert.equal(
    scripts.map((each) => each.replaceAll("'%s'", '%s').includes(checked)),
    [true, false, true, false],
  )
  assert.ok(scripts[0]!.includes(`{ printf ${prefix}; cat /run/mailrun/firewall-new; } | nft -f -`))
})

test('the answer tells which text runs, if its tables are as they were', () => {
  const { probe } = firewall(args)
  const file = { code: 0, stdout: JSON.stringify({ parent: 'd', missing: [] }), stderr: '' }
  const read = (...lines: readonly string[]): FirewallState =>
    probe.parse(partsAnswer([{ code: 0, stdout: `${lines.join('\n')}\n\0end`, stderr: '' }, file]))
  const digest = 'a'.repeat(64)
  assert.is(read('yes', digest, `${sha256} ${digest}`, 'no', 'yes', '').running, sha256)
  assert.is(read('yes', 'b'.repeat(64), `${sha256} ${digest}`, 'no', 'yes', '').running, undefined)
  assert.is(read('no', 'none', 'none', 'no', 'no', '').running, undefined)
  assert.equal(read('yes', digest, 'none', 'yes', 'no', '').armed, true)
  assert.is(read('yes', digest, 'none', 'no', 'no', '').unloadable, undefined)
  assert.is(read('yes', digest, 'none', 'no', 'no', 'nft: Error ').unloadable, 'nft: Error')
  assert.throws(() => read('yes'), /cannot be asked for/)
})

/** What the question answers where nft(8) is this shell text, which is given its arguments. */
function asked(nft: string): RulesetState {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-nft-'))
  try {
    const programs = { nft, systemctl: 'exit 1' }
    for (const [name, program] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
    const { question, parse } = rulesetProbe(sha256, ['inet filter'])
    const { text: input } = (question as { readonly script: { readonly text: string } }).script
    const env = { PATH: `${folder}:${process.env['PATH']}`, LC_ALL: 'C' }
    const { status, stdout, stderr } = spawnSync('sh', [], { input, env, encoding: 'utf8' })
    return parse({ code: status ?? -1, stdout, stderr })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('an error of nft is none of "no such table"', () => {
  assert.is(asked(':').unloadable, undefined)
  assert.throws(
    () => asked('[ "$*" != "list tables" ] || { echo no rights >&2; exit 1; }'),
    /packet filter cannot be asked for: no rights/,
  )
  const listed = `case $* in
'list tables') echo 'table inet filter';;
*'list table '*) echo 'syntax error' >&2; exit 1;;
esac`
  assert.throws(() => asked(listed), /packet filter cannot be asked for: syntax error/)
})

test('rules that nft does not load again, or does not print whole, are told', () => {
  const refused = `case $* in
'list ruleset') echo 'xt match string';;
-c*) cat >&2; echo '    ^^' >&2; exit 1;;
esac`
  assert.is(asked(refused).unloadable, 'nft: flush ruleset xt match string')
  const lost = "[ \"$*\" != 'list ruleset' ] || { echo 'XT match string not found' >&2; echo accept; }"
  assert.is(asked(lost).unloadable, 'nft: XT match string not found')
  const warned = "[ \"$*\" != 'list ruleset' ] || echo '# Warning: table ip filter is managed by iptables-nft' >&2"
  assert.is(asked(warned).unloadable, undefined)
})

test('tables are found as nft writes them', () => {
  assert.equal(
    tablesIn(
      'table filter {\n#table ip no {\n}\n table inet a-b {}\nadd table ip6 x; create table arp y\ntable inet a-b {}',
    ),
    ['ip filter', 'inet a-b', 'ip6 x', 'arp y'],
  )
})

test('comments, strings and braces are no tables; what stands after them is one', () => {
  assert.equal(tablesIn('# Not ours: table ip filter; table ip nat\ntable ip own {\n}\n'), ['ip own'])
  assert.equal(tablesIn('table x { # }; table ip no\n; chain c { }; table ip no2 ; }\n'), ['ip x'])
  assert.equal(tablesIn('table x { comment "}; table ip no\ntable ip no\n" ; }\n'), ['ip x'])
  assert.equal(tablesIn('add rule ip x c log prefix "a # b"; table y\n'), ['ip y'])
  assert.equal(tablesIn('table x {\n}; table inet y {\n} table inet z {\n}\n'), ['ip x', 'inet y', 'inet z'])
  assert.equal(tablesIn('table inet \\\n x{}\n# \\\ntable .a/b\n'), ['inet x', 'ip .a/b'])
  assert.equal(tablesIn('define a = { 1, 2 }\ndelete table ip x; flush table ip y\n'), [])
  assert.equal(tablesIn(`table ${'a'.repeat(40)} {}\n`), [`ip ${'a'.repeat(40)}`])
})

test('a host is asked which tables there are, so that what nft cannot list is an error', () => {
  for (const name of ['limits', 'counters', 'rules', 'tables', 'synproxys'])
    assert.match(whyUnclear(`table inet ${name} {\n}\n`) ?? '', `table inet ${name}, and nft list table does not take`)
  assert.is(whyUnclear('table inet my-limits {\n}\n'), undefined)
})

test('rules that nobody can tell the tables of are refused, and times in which nothing can be proved', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => firewall({ ...args, ...given }), message)
  refused({ rules: 'x\n' }, /rules make no table/)
  refused({ rules: 'table inet filter {}' }, /must end with a line feed/)
  refused({ rules: 'table inet filter {\n}\ninclude "/etc/x"\n' }, /include another file/)
  refused({ rules: 'table inet filter { }; include "/etc/x"\n' }, /include another file/)
  refused({ rules: 'table inet filter { chain x { include "/etc/x"\n}\n}\n' }, /include another file/)
  for (const part of ['{', '}', '"', '"\n}', '} {'])
    refused({ rules: `table x {}\n${part}\n` }, /without its other end/)
  for (const part of ['table inet $T {}', 'table inet "x" {}', 'add table x y', 'create table', 'table 9x {}'])
    refused({ rules: `table x {}\n${part}\n` }, /whose name cannot be read/)
  assert.ok(firewall({ rules: 'table x { # include "x"\n}\n' }))
  refused({ rules: 'table inet x {\0\n}\n' }, /NUL/)
  for (const revertAfterSeconds of [9, 3601, 10.5]) refused({ revertAfterSeconds }, /from 10 to 3600/)
  assert.ok(firewall({ rules: 'flush ruleset\n' }))
})

test.run()
