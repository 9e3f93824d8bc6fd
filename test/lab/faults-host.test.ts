// A host out of memory, processes or programs, and commands that print without end or what no terminal should see. Has
// a lab of its own.
import * as assert from 'uvu/assert'
import { faultSuite, faulty, inHost, printed, run, type Host } from './faulty.ts'

const test = faultSuite('lab: faults of hosts')

const ONE_GB = 1_000_000_000
/**
 * Kills the shell that mailrun has on the host, as the kernel does when memory is short: the outermost `sh` that is run
 * through sshd. It stays on one line, for it is part of what a task is called.
 */
const KILL_SHELL = [
  'p=$$; s=;',
  'while [ "$p" -gt 1 ]; do',
  'case $(cat /proc/$p/comm) in sh) s=$p;; sshd) break;; esac;',
  "p=$(sed -n 's/^PPid:.//p' /proc/$p/status);",
  'done; kill -9 $s',
].join(' ')
const quoted = (text: string): string => JSON.stringify(text)
const words = (host: Host): readonly string[] => ['--limit', host]

for (const host of ['mx1', 'mx3'] as const) {
  const inChange = 'the shell is killed while a change runs: that ends, and another run is kept out until then'
  test(`${inChange} (${host})`, async () => {
    await inHost(host, 'rm -f /srv/slow /srv/killed')
    const run1 =
      `[ -e /srv/killed ] || { touch /srv/killed; ${KILL_SHELL}; }; ` +
      'echo begin >> /srv/slow; sleep 3; echo end >> /srv/slow; touch /srv/slow.made'
    const ran = await run(`t.command({ run: ${quoted(run1)}, creates: '/srv/slow.made' })`, ...words(host))
    assert.is(ran.code, 0, ran.error(host))
    // Begun and ended before anything else: not twice at once.
    assert.match(await inHost(host, "tr '\\n' ' ' < /srv/slow"), /^(?:begin end ?)+$/)
    assert.is((await run(`t.command({ run: 'true', creates: '/srv/slow.made' })`, ...words(host))).status(host), 'ok')
  })

  test(`the shell is killed while a question is answered: it is asked again (${host})`, async () => {
    await inHost(host, 'rm -f /srv/asked /srv/answer')
    const unless = `[ -e /srv/asked ] || { touch /srv/asked; ${KILL_SHELL}; sleep 1; }; [ -e /srv/answer ]`
    const ran = await run(`t.command({ run: 'touch /srv/answer', unless: ${quoted(unless)} })`, ...words(host))
    assert.is(ran.code, 0, ran.error(host))
    assert.is(await inHost(host, 'ls /srv/answer'), '/srv/answer')
  })
}

test('a shell that is killed each time, and a command that is, are reported with the likely reason', async () => {
  const kills = `[ ! -e /srv/kills ] || { ${KILL_SHELL}; sleep 0.3; }`
  await faulty({
    on: 'mx1',
    make: 'touch /srv/kills',
    lift: 'rm /srv/kills',
    tasks: `t.command({ run: ${quoted(kills)}, unless: '[ ! -e /srv/kills ]' })`,
    code: 4,
    status: 'unreachable',
    says: /the connection was lost: the shell ended \(SIGKILL: is the host out of memory\? journalctl -k\)/,
  })
  await faulty({
    on: 'mx2',
    make: 'touch /srv/kills',
    lift: 'rm /srv/kills',
    tasks: "t.command({ run: 'kill -9 $$', unless: '[ ! -e /srv/kills ]' })",
    code: 3,
    status: 'failed',
    says: /exit status 137, killed by signal 9: out of memory\? \(journalctl -k\)/,
  })
})

for (const [program, packages] of [
  ['flock', 'util-linux'],
  ['timeout', 'coreutils'],
  ['find', 'findutils'],
  ['base64', 'coreutils'],
  ['sha256sum', 'coreutils'],
] as const) {
  test(`a host without ${program}: said before anything is changed`, () =>
    faulty({
      on: 'mx1',
      make: `mv /usr/bin/${program} /usr/bin/${program}.away`,
      lift: `mv /usr/bin/${program}.away /usr/bin/${program}`,
      tasks: '',
      code: 3,
      status: 'failed',
      says: new RegExp(`^there is no ${program} in .* on the host: install .*${packages}`),
    }))
}

test('a find that is not GNU is reported', () =>
  faulty({
    on: 'mx1',
    make: `mv /usr/bin/find /usr/bin/find.away
printf '#!/bin/sh\\necho "find: unrecognized: -printf" >&2; exit 1\\n' > /usr/bin/find
chmod +x /usr/bin/find`,
    lift: 'mv /usr/bin/find.away /usr/bin/find',
    tasks: "t.owner({ path: '/srv', owner: 'root', recursive: true })",
    code: 3,
    status: 'failed',
    says: /its find\(1\) is not GNU's: find: unrecognized: -printf: install findutils/,
  }))

test('a host that has no process to spare', async () => {
  // Root is not held to the limit, so it is a user without sudo; each limit stops at another place.
  for (const limit of [1, 2, 3]) {
    await inHost('mx2', `printf 'ops hard nproc ${limit}\\n' > /etc/security/limits.d/fault.conf`)
    const ran = await run(
      "t.file({ path: '/home/ops/x', content: 'x', owner: 'ops', group: 'ops' })",
      ...words('mx2'),
      '-e',
      'ansible_become=false',
    )
    await inHost('mx2', 'rm /etc/security/limits.d/fault.conf')
    assert.is(ran.code, 4, ran.error('mx2'))
    assert.match(ran.error('mx2'), /out of processes/, `${limit}`)
  }
})

/** How much /run/mailrun takes, five times in a second, until it is asked to stop. */
const MEASURED = `rm -f /srv/most
setsid sh -c "while [ ! -e /srv/most ]; do du -sk /run/mailrun; sleep 0.2; done > /srv/used" \
>/dev/null 2>&1 </dev/null &`
test('a gigabyte of output: the first and the last of it is kept, on the host and here', async () => {
  for (const [what, text] of [
    ['lines', `yes it is | head -c ${ONE_GB}; echo; echo the end; exit 3`],
    ['one line', `head -c ${ONE_GB} /dev/zero | tr '\\\\000' x; echo; echo the end; exit 3`],
  ] as const) {
    await inHost('mx1', MEASURED)
    const ran = await run(`t.command({ run: ${quoted(text)}, timeoutSeconds: 200 })`, ...words('mx1'))
    const used = await inHost('mx1', 'touch /srv/most; sort -n /srv/used | tail -n 1 | cut -f 1')
    assert.is(ran.code, 3, what)
    assert.match(ran.error('mx1'), /exit status 3\n(?:[\s\S]*\n)?the end$/, what)
    assert.ok(ran.error('mx1').length < 5000, what)
    assert.ok(Number(used) > 0 && Number(used) < 4 * 1024, `${what}: ${used} KiB in /run/mailrun`)
  }
})

test('what a change leaves running goes on when it prints, and is not waited for', async () => {
  const ran = await run(
    "t.command({ run: 'echo begun; { sleep 3; yes | head -c 3000000; echo alive > /srv/alive; } & echo left' })",
    ...words('mx1'),
  )
  assert.is(ran.code, 0, ran.error('mx1'))
  const waitedFor = `ls /srv/alive 2>/dev/null || :
i=0
until [ -e /srv/alive ] || [ $i -gt 100 ]; do
  sleep 0.1
  i=$((i+1))
done
cat /srv/alive`
  assert.is(await inHost('mx1', waitedFor), 'alive')
})

test('bytes that are no text, marks and escapes: none reaches the terminal, nor is taken for a frame', async () => {
  const escapes = '\\\\033[2J\\\\033]0;title\\\\007\\\\000x\\\\377\\\\n'
  const marks = '\\\\nmailrun-0123456789abcdef01234567 done 0 0\\\\n\\\\nmailrun-0123456789abcdef01234567 end\\\\n'
  const text = `head -c 20000 /dev/urandom; printf '${escapes}${marks}'; exit 3`
  for (const seconds of [60, 90]) {
    const task = `t.command({ run: "${text}", timeoutSeconds: ${seconds} })`
    for (const flags of [[], ['-v'], ['--format', 'json'], ['--format', 'ndjson']]) {
      const { code, stdout, stderr } = await printed(task, ...words('mx1'), ...flags)
      assert.is(code, 3, stdout + stderr)
      assert.not.match(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    }
  }
})

test('files and stamps with odd times: one restart at most, and then none', async () => {
  await inHost(
    'mx1',
    `apt-get -qqy install mailrun-canary >/dev/null 2>&1
touch -d "+10 years" /etc/mailrun-canary.conf
mkdir -p /run/mailrun/stamps
echo nonsense > /run/mailrun/stamps/mailrun-canary.service`,
  )
  const task =
    "t.service({ unit: 'mailrun-canary.service', state: 'running', restartOn: ['/etc/mailrun-canary.conf'] })"
  const first = await run(task, ...words('mx1'))
  assert.is(first.code, 0, first.error('mx1'))
  await inHost('mx1', 'touch -d 1970-01-02 /run/mailrun/stamps/*')
  assert.is((await run(task, ...words('mx1'))).status('mx1'), 'ok')
  // An older time is as good as a newer one.
  await inHost('mx1', 'echo "# more" >> /etc/mailrun-canary.conf; touch -d 2001-01-01 /etc/mailrun-canary.conf')
  assert.is((await run(task, ...words('mx1'))).status('mx1'), 'changed')
  assert.is((await run(task, ...words('mx1'))).status('mx1'), 'ok')
})

test('a source from the future makes its product again once', async () => {
  await inHost('mx1', 'touch -d "+10 years" /srv/source; touch /srv/product')
  const task = "t.command({ run: 'date > /srv/product', creates: '/srv/product', staleAgainst: ['/srv/source'] })"
  assert.is((await run(task, ...words('mx1'))).status('mx1'), 'changed')
  assert.is((await run(task, ...words('mx1'))).status('mx1'), 'ok')
})

test.run()
