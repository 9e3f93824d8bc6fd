// Changes of tasks that are killed in their middle: the next run does the whole, and nothing is left beside it. Has a
// lab of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { faultSuite, inHost, run } from './faulty.ts'

const test = faultSuite('lab: changes that are killed')
const one = ['--limit', 'mx1'] as const

/**
 * Puts a program before the host's own of that name. Called with words that match, it starts the other, kills it once
 * the condition holds, goes away, and ends by the same signal: so no moment can be missed.
 *
 * @param once - an expression of Perl
 */
const killing = (program: string, words: string, once: string): Promise<string> =>
  inHost(
    'mx1',
    `cat > /usr/local/bin/${program} <<'end'
#!/usr/bin/perl
if (join(' ', @ARGV) !~ m{${words}}) { exec '/usr/bin/${program}', @ARGV; exit 127 }
my $pid = fork // die;
if (!$pid) { exec '/usr/bin/${program}', @ARGV; exit 127 }
until (${once}) { last if waitpid($pid, 1) == $pid; select undef, undef, undef, 0.001 }
kill 9, $pid;
waitpid $pid, 0;
unlink '/usr/local/bin/${program}';
kill 9, $$;
end
chmod +x /usr/local/bin/${program}`,
  )

/** On the host, once a file is there: kills the Perl with these words, and waits at most two minutes for it. */
const killed = (path: string, words: string): Promise<string> =>
  inHost(
    'mx1',
    `perl -e '
my ($path, $words, $end) = (@ARGV, time + 120);
sub pause { exit 1 if time > $end; select undef, undef, undef, 0.001 }
pause() until -e $path;
for (;; pause()) {
  for my $pid (map { m{(\\d+)} } glob "/proc/[0-9]*") {
    open my $in, "<", "/proc/$pid/cmdline" or next;
    my $line = join " ", split /\\0/, <$in> // "";
    exit !kill 9, $pid if $pid != $$ && $line =~ /^perl / && index($line, $words) >= 0;
  }
}' '${path}' '${words}'`,
  )

const converges = async (tasks: string, expected: string, look: string): Promise<void> => {
  const ran = await run(tasks, ...one)
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.is(await inHost('mx1', look), expected)
  const again = await run(tasks, ...one)
  assert.is(again.status('mx1'), 'ok', again.error('mx1'))
}
/** What a change leaves beside its target. */
const LEFT = `
find /srv /opt -xdev -name '*.mailrun-new' -o -name '*.mailrun-old' -o -name index.lock
ls -A /var/cache/mailrun`

test('unarchive: an archive that is being unpacked, for the first time and in the place of another', async () => {
  await inHost(
    'mx1',
    `mkdir -p /srv/from/deep
for n in $(seq 1000); do head -c 20000 /dev/zero | tr '\\0' "$n" > /srv/from/deep/$n; done
tar -C /srv/from -cf /srv/archive.tar deep
echo one > /srv/from/deep/1
tar -C /srv/from -cf /srv/other.tar deep`,
  )
  for (const name of ['archive', 'other']) {
    const sha256 = await inHost('mx1', `sha256sum < /srv/${name}.tar | cut -c 1-64`)
    const tasks = `t.unarchive({ path: '/srv/${name}.tar', sha256: '${sha256}', dest: '/srv/tree' })`
    await killing('tar', '^-x', `(() = glob 'deep/*') > 300`)
    const ran = await run(tasks, ...one)
    assert.is.not(ran.code, 0)
    await converges(tasks, '1001', 'find /srv/tree/deep | wc -l')
    assert.is(await inHost('mx1', LEFT), '')
  }
})

test('git: a checkout that is being made', async () => {
  const commits = await inHost(
    'mx1',
    `apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install git >/dev/null 2>&1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
rm -rf /srv/repository && git init -q -b main /srv/repository && cd /srv/repository
for text in one two; do
  for n in $(seq 800); do echo $text $n > $n; done
  git add . && git commit -qm $text && git rev-parse HEAD
done`,
  )
  for (const [round, commit] of commits.split('\n').entries()) {
    const tasks = `t.git({ repository: 'file:///srv/repository', dest: '/opt/copy', commit: '${commit}' })`
    const text = ['one', 'two'][round]!
    await killing('git', '^-C /opt/copy .* checkout -q ', `open(my $in, '<', '/opt/copy/400') && <$in> =~ /${text}/`)
    const ran = await run(tasks, ...one)
    assert.is.not(ran.code, 0)
    await converges(tasks, `${text} 800`, 'cat /opt/copy/800')
    assert.is(await inHost('mx1', `${LEFT}; git -C /opt/copy status --porcelain`), '')
  }
})

test('copy: a folder of which a part is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-killed-'))
  try {
    for (let n = 0; n < 200; n += 1) writeFileSync(join(folder, `f${n}`), `${n}`.repeat(20_000))
    await inHost('mx1', 'rm -rf /srv/copied; mkdir -p /srv/copied; touch /srv/copied/surplus')
    const tasks = `t.copy({ src: '${folder}/', dest: '/srv/copied', purge: true })`
    const [ran] = await Promise.all([run(tasks, ...one), killed('/srv/copied/f150', 'files put /srv/copied/')])
    assert.is.not(ran.code, 0)
    await converges(tasks, '200', 'ls -A /srv/copied | wc -l')
    assert.is(await inHost('mx1', LEFT), '')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
