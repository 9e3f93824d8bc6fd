// The task `uri` beside a web server of a host: when it asks and when not, who sees a secret, attempts that fail, and
// runs that are killed in the middle. Has a lab of its own.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { MAIN, project, type Project } from '../unit/cli/mailrun.ts'
import { outputIn } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('uri')
const lab = await import('../../lab/index.ts')
const test = suite('lab: uri')

type Host = RunDocument['hosts'][number]

/** Says what its file says when it starts; notes each request, and then the arguments of all processes. */
const SERVER = String.raw`
use strict;
use IO::Socket::INET;
open my $in, '<', '/etc/web.conf' or die;
my ($status, $wait) = split ' ', <$in>;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:8080', Listen => 5, ReuseAddr => 1) or die $@;
$SIG{PIPE} = 'IGNORE';
while (my $client = $server->accept) {
  open my $log, '>>', '/srv/requests' or die;
  print $log scalar <$client>;
  while (defined(my $line = <$client>)) { last if $line =~ /^\r?$/; print $log "  $line" }
  close $log;
  system 'cat /proc/[0-9]*/cmdline >> /srv/arguments';
  sleep $wait;
  print $client "HTTP/1.1 $status x\r\nContent-Length: 2\r\n\r\nup";
}
`

/** @param answer - a status code, and the seconds before it. */
const tasks = (answer: string, more = ''): string => `
t.file({ path: '/etc/web.conf', content: ${JSON.stringify(`${answer}\n`)} }),
t.service({ unit: 'web', state: 'running', restartOn: ['/etc/web.conf'] }),
t.uri({
  url: 'http://localhost:8080/health',
  after: ['/etc/web.conf'],
  contains: 'up',
  headers: { Authorization: new Secret("Bearer it's $HOME canary") },
  ${more}
})`

const PLAYBOOK = `import { playbook, v, Secret } from 'mailrun'
import * as t from 'mailrun/tasks'
export default playbook({
  name: 'web',
  hosts: 'mail',
  vars: v.object({ tasks: v.string() }),
  tasks: ({ vars }) => new Function('t', 'Secret', 'return [' + Buffer.from(vars.tasks, 'base64url') + ']')(t, Secret),
})
`

let here: Project
const wordsOf = (list: string): readonly string[] => {
  const words = ['web.mjs', '--format', 'json', '-v', '-i', lab.inventoryPath]
  return [...words, '-e', `tasks=${Buffer.from(list).toString('base64url')}`]
}
async function run(list: string, ...words: readonly string[]): Promise<Host> {
  const { stdout, stderr } = await here.mailrun(...wordsOf(list), ...words)
  assert.ok(stdout !== '', stderr)
  assert.not.match(stdout + stderr, /canary/)
  return (JSON.parse(stdout) as RunDocument).hosts[0]!
}
const inMx1 = async (script: string): Promise<string> => (await outputIn('mx1', script)).trimEnd()
const requests = async (): Promise<number> => Number(await inMx1("grep -c '^GET ' /srv/requests || :"))

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'web.mjs': PLAYBOOK })
  await inMx1(`cat > /usr/local/bin/web <<'end'
${SERVER}
end
printf '[Service]\\nExecStart=/usr/bin/perl /usr/local/bin/web\\n' > /etc/systemd/system/web.service
systemctl daemon-reload
touch /srv/requests /srv/arguments`)
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

test('it asks after a change, in the same trip; a check, and a run with nothing to do, ask nobody', async () => {
  const list = tasks('200 0', 'retries: 5, delaySeconds: 1')
  const check = await run(list, '--check')
  const [, , wouldAsk] = check.tasks
  assert.equal([wouldAsk!.status, wouldAsk!.changes], ['would-change', ['ask for 200 and a text: /etc/web.conf']])
  assert.is(await requests(), 0)
  const made = await run(list)
  assert.equal([made.status, made.trips], ['changed', 2], JSON.stringify(made))
  assert.equal(
    check.tasks.map(({ changes }) => changes),
    made.tasks.map(({ changes }) => changes),
  )
  const asked = await requests()
  assert.is(asked, 1)
  assert.match(await inMx1('cat /srv/requests'), /^ {2}Authorization: Bearer it's \$HOME canary\r?$/m)
  for (const words of [[], ['--check']]) {
    const again = await run(list, ...words)
    assert.equal([again.status, again.trips], ['ok', 1])
  }
  assert.is(await requests(), asked)
})

test('the secret was in no argument of a process, and is in no file of mailrun', async () => {
  assert.match(await inMx1("tr '\\0' ' ' < /srv/arguments"), /perl -e .* timeout|timeout .* perl -e /)
  assert.is(await inMx1('grep -c canary /srv/arguments || :'), '0')
  assert.is(await inMx1('grep -rl canary /var/lib/mailrun /run/mailrun || :'), '')
  assert.is(await inMx1('stat -c %a /var/lib/mailrun/uri; ls /var/lib/mailrun/uri | wc -l'), '700\n1')
})

test('an answer that is not wanted fails the host, and is asked for again until it is', async () => {
  for (const attempts of [1, 2]) {
    const failed = await run(tasks('503 0'))
    assert.is(failed.status, 'failed')
    assert.match(failed.error ?? '', /it answers 503/)
    assert.is(await requests(), 1 + attempts)
  }
  // What it answered before that does not count any more.
  const back = await run(tasks('200 0'))
  assert.equal([back.status, await requests()], ['changed', 4], JSON.stringify(back))
  assert.equal([(await run(tasks('200 0'))).trips, await requests()], [1, 4])
})

test('attempts follow until the server is there; one that is silent has an end', async () => {
  await inMx1(`systemctl stop web
systemd-run --quiet --on-active=3 --timer-property=AccuracySec=100ms systemctl start web
echo >> /etc/web.conf`)
  const [, , asking] = tasks('200 0', 'retries: 10, delaySeconds: 1')
    .split(/(?=t\.)/)
    .slice(1)
  const late = await run(asking!)
  assert.is(late.status, 'changed', JSON.stringify(late))
  const began = performance.now()
  const silent = await run(tasks('200 30', 'timeoutSeconds: 1, retries: 1, delaySeconds: 1'))
  assert.is(silent.status, 'failed')
  assert.match(silent.error ?? '', /no answer within 1 s/)
  assert.ok(performance.now() - began < 15_000)
  assert.is(await inMx1('pgrep -fc "timeout -k 2" || :'), '0')
})

test('mailrun is killed while it asks: the next run finishes it', async () => {
  const list = tasks('200 4')
  const before = await requests()
  const killed = spawn(process.execPath, [MAIN, ...wordsOf(list)], { cwd: here.folder, stdio: 'ignore' })
  while ((await requests()) === before) await sleep(100)
  killed.kill('SIGKILL')
  const next = await run(list)
  assert.ok(['ok', 'changed'].includes(next.status), JSON.stringify(next))
  const asked = await requests()
  const again = await run(list)
  assert.equal([again.status, again.trips, await requests()], ['ok', 1, asked])
})

test('the host’s part is killed while it asks: nothing counts as answered', async () => {
  const list = tasks('200 5')
  await inMx1('rm -f /var/lib/mailrun/uri/*')
  const before = await requests()
  const running = run(list)
  while ((await requests()) === before) await sleep(100)
  await inMx1('pkill -9 -f "timeout -k 2" ; pkill -9 -f "perl -e use strict" ; :')
  assert.is((await running).status, 'failed')
  assert.is(await inMx1('ls /var/lib/mailrun/uri'), '')
  assert.is((await run(list)).status, 'changed')
})

test.run()
