// Connections that are made anew in the middle of a run: hosts restart, and firewalls are proved. Has a lab of its own.
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { faultSuite, inHost, lab, printed, run } from './faulty.ts'

const test = faultSuite('lab: restarts and firewalls')
const one = ['--limit', 'mx1'] as const

/** Is another after each boot. */
const bootOf = (host: string): Promise<string> => inHost(host, 'cat /proc/sys/kernel/random/boot_id')

for (const host of ['mx1', 'mx3'] as const) {
  test(`${host} restarts, is waited for, and what comes after it is done on the new boot`, async () => {
    await inHost(host, 'touch /run/reboot-required; echo linux-base > /run/reboot-required.pkgs; rm -f /srv/boot')
    const before = await bootOf(host)
    const tasks = `t.file({ path: '/etc/before', content: '1' }),
t.reboot({ timeoutSeconds: 120 }),
t.waitFor({ unit: 'ssh' }),
t.command({ run: 'cat /proc/sys/kernel/random/boot_id > /srv/boot', creates: '/srv/boot' })`
    const check = await run(tasks, '--limit', host, '--check')
    assert.is(check.status(host), 'would-change')
    assert.is(await bootOf(host), before)
    const [ran] = await Promise.all([run(tasks, '--limit', host), lab.hostRestarts(host)])
    assert.is(ran.code, 0, ran.error(host))
    const after = await bootOf(host)
    assert.is.not(after, before)
    assert.is(await inHost(host, 'cat /srv/boot'), after)
    const [, reboot] = ran.hosts[0]!.tasks
    assert.equal(reboot!.changes, ['restart: wanted by linux-base', 'there again'])
    const again = await run(tasks, '--limit', host)
    assert.equal([again.code, again.status(host), again.hosts[0]!.trips], [0, 'ok', 1])
    assert.is(await bootOf(host), after)
  })
}

test('a file that was changed since the boot wants one, and after it no other', async () => {
  await inHost('mx2', 'sleep 1; echo 1 > /etc/kernel-options')
  const tasks = `t.reboot({ after: ['/etc/kernel-options', '/etc/nosuch'], timeoutSeconds: 120 })`
  const [ran] = await Promise.all([run(tasks, '--limit', 'mx2'), lab.hostRestarts('mx2')])
  assert.is(ran.code, 0, ran.error('mx2'))
  assert.equal(ran.hosts[0]!.tasks[0]!.changes, ['restart: /etc/kernel-options was changed', 'there again'])
  assert.is((await run(tasks, '--limit', 'mx2')).status('mx2'), 'ok')
})

test('a host that does not come back is unreachable, and the others are done', async () => {
  const tasks = `t.reboot({ timeoutSeconds: 5 }), t.file({ path: '/etc/after', content: '1' })`
  await inHost('mx1', 'touch /run/reboot-required')
  const ran = await run(tasks)
  await lab.hostStop('mx1')
  await lab.hostStart('mx1')
  assert.equal([ran.status('mx1'), ran.status('mx2'), ran.status('mx3')], ['unreachable', 'changed', 'changed'])
  assert.match(ran.error('mx1'), /there again: no new connection within 5 s: [\s\S]*look at its console/)
  const then = await run(tasks)
  assert.is(then.code, 0, then.error('mx1'))
})

const RULES = (ports: string): string => `flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    tcp dport { ${ports} } counter accept
  }
}
`
const firewall = (ports: string, seconds = 20): string =>
  `t.apt({ packages: ['nftables'] }),
t.firewall({ rules: ${JSON.stringify(RULES(ports))}, revertAfterSeconds: ${seconds} })`
const ruleset = (): Promise<string> => inHost('mx1', 'nft -s list ruleset')

test('rules are kept once a new connection was made, and count from then on', async () => {
  const ran = await run(firewall('22, 25'), ...one)
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.match(await ruleset(), /dport \{ 22, 25 \}/)
  assert.is(await inHost('mx1', 'systemctl is-active mailrun-firewall.timer || :'), 'inactive')
  const again = await run(firewall('22, 25'), ...one)
  assert.equal([again.status('mx1'), again.hosts[0]!.trips], ['ok', 1])
})

test('rules that keep mailrun out are gone after a while, and the file never had them', async () => {
  const before = await ruleset()
  const ran = await run(firewall('25'), ...one)
  assert.is(ran.status('mx1'), 'unreachable')
  assert.match(ran.error('mx1'), /keep, over a new connection: no new connection within 10 s: [\s\S]*goes back to its/)
  assert.match(await ruleset(), /dport 25 /)
  await sleep(15_000)
  assert.is(await ruleset(), before)
  assert.not.match(await inHost('mx1', 'cat /etc/nftables.conf'), /dport \{ 25 \}/)
  assert.is((await run(firewall('22, 25'), ...one)).status('mx1'), 'ok')
})

test('where mailrun is killed before it kept them, the host goes back, and the next run begins anew', async () => {
  const before = await ruleset()
  // As a run leaves it that is killed right after the rules were loaded.
  await inHost(
    'mx1',
    `{ echo flush ruleset; nft list ruleset; } > /run/mailrun/firewall-back
systemd-run --quiet --collect --unit=mailrun-firewall --on-active=600 nft -f /run/mailrun/firewall-back
nft flush ruleset
nft add table inet half`,
  )
  const check = await printed(firewall('22, 25'), ...one, '--check')
  assert.match(check.stdout, /load, with a way back in 20 s/)
  const ran = await run(firewall('22, 25'), ...one)
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.is(await ruleset(), before)
})

test('rules that nft refuses change nothing', async () => {
  const before = await ruleset()
  const ran = await run(firewall('22, 25, nosuchport'), ...one)
  assert.is(ran.status('mx1'), 'failed')
  assert.match(ran.error('mx1'), /refused by its validation/)
  assert.is(await ruleset(), before)
})

test('what was loaded is loaded again after somebody else has flushed it, and at boot by itself', async () => {
  const before = await ruleset()
  await inHost('mx1', 'nft flush ruleset')
  assert.is((await run(firewall('22, 25'), ...one)).status('mx1'), 'changed')
  assert.is(await ruleset(), before)
  await lab.hostReboot('mx1')
  await inHost('mx1', 'systemctl is-system-running --wait || :')
  assert.is(await ruleset(), before)
  assert.is((await run(firewall('22, 25'), ...one)).status('mx1'), 'ok')
})

test('a table beside others changes the kind of its chain, and the others stay', async () => {
  const own = (kind: string): string =>
    `t.firewall({ rules: ${JSON.stringify(`# Not ours: table inet others; table inet filter
table inet own-limits {
  chain c {
    ${kind}
  }
}
`)}, revertAfterSeconds: 20 })`
  await inHost('mx1', 'nft add table inet others')
  for (const kind of ['type filter hook input priority 5;', 'type filter hook output priority 700;']) {
    const ran = await run(own(kind), ...one)
    assert.is(ran.code, 0, ran.error('mx1'))
    assert.is((await run(own(kind), ...one)).status('mx1'), 'ok')
  }
  const now = await ruleset()
  assert.match(now, /table inet own-limits \{\s+chain c \{\s+type filter hook output priority 700;/)
  assert.match(now, /table inet others/)
  assert.match(now, /table inet filter/)
})

test('rules that nft prints and does not load again are no way back: nothing is loaded', async () => {
  // A quote in a comment, which nft prints as it is. Rules of iptables that nft has no words for are refused likewise.
  const odd = { family: 'inet', table: 'others', chain: 'c', comment: 'a" b', expr: [{ accept: null }] }
  const json = JSON.stringify({ nftables: [{ add: { rule: odd } }] })
  await inHost('mx1', `nft add chain inet others c && echo '${json}' | nft -j -f -`)
  const before = await ruleset()
  for (const more of [['--check'], []]) {
    const ran = await run(firewall('22, 25, 26'), ...one, ...more)
    assert.is(ran.status('mx1'), 'failed')
    assert.match(ran.error('mx1'), /the present rules cannot be brought back: nft: \S+ Error: [^]*comment "a" b"/)
  }
  assert.is(await ruleset(), before)
  // As a run leaves it that was killed, and whose way back was made before.
  await inHost(
    'mx1',
    `{ echo flush ruleset; nft list ruleset; } > /run/mailrun/firewall-back
nft delete table inet others
systemd-run --quiet --collect --unit=mailrun-firewall --on-active=600 nft -f /run/mailrun/firewall-back`,
  )
  const armed = await run(firewall('22, 25, 26'), ...one)
  assert.match(armed.error('mx1'), /the former rules cannot be brought back: nft: /)
  await inHost('mx1', 'systemctl stop mailrun-firewall.timer')
  const ran = await run(firewall('22, 25, 26'), ...one)
  assert.is(ran.code, 0, ran.error('mx1'))
})

test.run()
