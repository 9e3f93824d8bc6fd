// Login shells, sudo and environments in trouble: what prints, hangs, refuses or is not POSIX. Has a lab of its own.
import * as assert from 'uvu/assert'
import { CONNECT_SECONDS, faultSuite, faulty, inHost, run, runWithoutPassword, USERS, type Host } from './faulty.ts'

const test = faultSuite('lab: faults of shells')

const shell = (path: string, user = 'ops'): string =>
  `usermod -s ${path} ${user} 2>/dev/null || sed -i 's|^\\(${user}:.*:\\).*|\\1${path}|' /etc/passwd`
const sshd = (line: string): string =>
  `printf '${line}\\n' > /etc/ssh/sshd_config.d/fault.conf; systemctl reload ssh; sleep 0.2`
const SSHD_AGAIN = 'rm /etc/ssh/sshd_config.d/fault.conf; systemctl reload ssh; sleep 0.2'
/** Of everything a little, with files above and below a megabyte. */
const MUCH = [
  "t.apt({ packages: ['mailrun-canary'], state: 'latest' })",
  "t.service({ unit: 'mailrun-canary.service', state: 'running', restartOn: ['/etc/mailrun-canary.conf'] })",
  "t.directory({ path: '/srv/all/a/b', parents: true })",
  "t.lineInFile({ path: '/srv/all/line', line: 'x', create: true })",
  "t.user({ user: 'newcomer' })",
  "t.owner({ path: '/srv/all/a', owner: 'daemon', recursive: true })",
  "t.command({ run: 'echo x > /srv/all/made; echo y > /srv/all/made', creates: '/srv/all/made' })",
  "t.file({ path: '/srv/all/large', content: 'q'.repeat(2000000), mode: '0600' })",
  "t.file({ path: '/srv/all/file', content: 'x' })",
].join(', ')
/** One line: bash, which is `sh` for a while, would let apt-get read those that follow. */
const WIPE = [
  'apt-get -qqy purge mailrun-canary >/dev/null 2>&1',
  'rm -rf /srv/all',
  '! id newcomer >/dev/null 2>&1 || userdel newcomer',
  'rm -rf /run/mailrun',
].join('; ')

/** All of it is done, and found done. */
async function doesAll(host: Host): Promise<void> {
  const first = await run(MUCH, '--limit', host)
  assert.is(first.code, 0, first.error(host))
  const second = await run(MUCH, '--limit', host)
  assert.equal([second.code, second.status(host), second.hosts[0]!.trips], [0, 'ok', 1], second.error(host))
}

for (const [path, says] of [
  [
    '/usr/sbin/nologin',
    new RegExp(
      String.raw`no shell opened: the shell ended \(exit status 1\): ` +
        String.raw`does the login shell of the login user \(getent passwd\) run commands\?\n` +
        'This account is currently not available',
    ),
  ],
  ['/bin/false', /no shell opened: the shell ended \(exit status 1\): does the login shell/],
  ['/bin/rbash', /no shell opened: [\s\S]*run commands\?\n.*exec: restricted/],
  // To sshd this is a user who may not log in, and it does not say why.
  ['/bin/does-not-exist', /permission denied for ops/],
] as const) {
  test(`the login shell ${path}`, () =>
    faulty({ on: 'mx2', make: shell(path), lift: shell('/bin/bash'), tasks: '', code: 4, status: 'unreachable', says }))
}

/** Login shells, written as printf(1) has it. */
const PLAIN = [
  '#!/bin/sh',
  '[ "$1" = -c ] || exit 9',
  'case $2 in *[!a-z\\\\ A-Z0-9-]*) echo syntax >&2; exit 2;; esac',
  'set -- $2',
  '[ "$1" != exec ] || shift',
  'exec "$@"',
].join('\\n')
const STARTER = ['#!/bin/sh', 'echo on my way; echo to bash >&2', 'exec /bin/bash "$@"'].join('\\n')
test('a login shell that knows plain words only, and one that starts another', async () => {
  await inHost(
    'mx1',
    `printf '${PLAIN}\\n' > /usr/local/bin/plain
printf '${STARTER}\\n' > /usr/local/bin/starter
chmod +x /usr/local/bin/plain /usr/local/bin/starter`,
  )
  for (const path of ['/usr/local/bin/plain', '/usr/local/bin/starter']) {
    await inHost('mx1', shell(path, 'root'))
    // As root: to become somebody else takes more than plain words.
    const ran = await run(`t.file({ path: '/srv/by', content: '${path}' })`, '--limit', 'mx1')
    await inHost('mx1', shell('/bin/bash', 'root'))
    assert.is(ran.code, 0, ran.error('mx1'))
    assert.is(await inHost('mx1', 'cat /srv/by'), path)
  }
})

for (const [what, host, file, line] of [
  ['~/.bashrc', 'mx1', '/root/.bashrc', 'sleep 1000'],
  ['~/.bashrc, before sudo', 'mx3', '/home/admin/.bashrc', 'sleep 1000'],
] as const) {
  test(`a login shell that hangs in ${what} is given up in time, and said`, () =>
    faulty({
      on: host,
      make: `cp -p ${file} /srv/rc; echo '${line}' > ${file}`,
      lift: `cp -p /srv/rc ${file}; pkill -x sleep || :`,
      tasks: '',
      code: 4,
      status: 'unreachable',
      says:
        host === 'mx1'
          ? /said nothing for \d+ s \(beginning\): does the login shell's profile, sudo, or one of its PAM modules wait/
          : new RegExp(`no answer within ${CONNECT_SECONDS} s \\(sudo\\)`),
    }))
}

for (const [what, command, says] of [
  ['sftp', 'internal-sftp', /no shell opened as root: [\s\S]*This service allows sftp connections only/],
  [
    'a program that ends',
    '/bin/echo go away',
    /no shell opened as root: the shell ended \(exit status 0\): does its login shell[\s\S]*go away/,
  ],
  ['one that says what it hears', '/bin/cat', /said nothing for \d+ s \(beginning\): .*ForceCommand/],
] as const) {
  test(`ForceCommand is ${what}`, () =>
    faulty({
      on: 'mx1',
      make: sshd(`ForceCommand ${command}`),
      lift: SSHD_AGAIN,
      tasks: '',
      code: 4,
      status: 'unreachable',
      says,
    }))
}

const SUDO_HANGS = `cp /etc/pam.d/sudo /root/
sed -i "1i session required pam_exec.so /bin/sleep 1000" /etc/pam.d/sudo`
const SUDO_AGAIN = 'cp /root/sudo /etc/pam.d/sudo; pkill -x sleep || :'
test('sudo that hangs in PAM, with a password and without', async () => {
  for (const host of ['mx2', 'mx3'] as const) {
    await faulty({
      on: host,
      make: SUDO_HANGS,
      lift: SUDO_AGAIN,
      tasks: '',
      code: 4,
      status: 'unreachable',
      says: new RegExp(`no answer within ${CONNECT_SECONDS} s \\(sudo\\)`),
    })
  }
  await inHost('mx2', SUDO_HANGS)
  const without = await runWithoutPassword("t.file({ path: '/srv/x', content: 'x' })", '--limit', 'mx2')
  await inHost('mx2', SUDO_AGAIN)
  assert.is(without.code, 4)
  assert.match(without.error('mx2'), new RegExp(`no answer within ${CONNECT_SECONDS} s \\(sudo`))
})

test('sudo that lectures, and logs to a full disk', async () => {
  await inHost(
    'mx3',
    `mkdir -p /srv/log
mount -t tmpfs -o size=4k none /srv/log
head -c 9000 /dev/zero > /srv/log/full 2>/dev/null || :
printf 'Defaults lecture=always\\nDefaults logfile=/srv/log/sudo\\n' > /etc/sudoers.d/zz
chmod 440 /etc/sudoers.d/zz`,
  )
  const ran = await run("t.file({ path: '/srv/lectured', content: 'x' })", '--limit', 'mx3')
  await inHost('mx3', 'rm /etc/sudoers.d/zz; umount -l /srv/log')
  assert.is(ran.code, 0, ran.error('mx3'))
})

const ODD =
  'BASH_ENV=/srv/noise ENV=/srv/noise POSIXLY_CORRECT=1 GREP_OPTIONS=-v CDPATH=/srv ' +
  'LANG=de_DE.UTF-8 LANGUAGE=de TMPDIR=/nonexistent TZ=Asia/Tokyo SHELLOPTS=noclobber:noglob ' +
  'LS_COLORS=x SYSTEMD_COLORS=1 BLOCK_SIZE=1K PATH=/usr/bin:/bin'
const environment = (user: string): string => `echo 'echo loud; echo loud >&2; set -C' > /srv/noise
f=$(getent passwd ${user} | cut -d: -f6)/.ssh/environment
printf '%s\\n' ${ODD} > "$f"
${sshd('PermitUserEnvironment yes')}`

for (const host of ['mx1', 'mx2'] as const) {
  test(`an odd environment of ${USERS[host]}`, async () => {
    await inHost(host, environment(USERS[host]))
    try {
      await doesAll(host)
    } finally {
      await inHost(host, `${SSHD_AGAIN}; ${WIPE}`)
    }
  })
}

test('bash as sh, in an odd environment', async () => {
  await inHost('mx1', `${environment('root')}; ln -sf bash /bin/sh`)
  try {
    await doesAll('mx1')
  } finally {
    await inHost('mx1', `ln -sf dash /bin/sh; ${SSHD_AGAIN}; rm /root/.ssh/environment; ${WIPE}`)
  }
})

for (const umask of ['0077', '0777', '0000']) {
  test(`a login with umask ${umask}: files and the directories above have their own modes`, async () => {
    await inHost('mx1', `cp -p /root/.bashrc /srv/rc; echo 'umask ${umask}' > /root/.bashrc`)
    await doesAll('mx1')
    const modes = await inHost(
      'mx1',
      "cd /srv/all; stat -c '%a %n' a a/b line made large file /run/mailrun; cp -p /srv/rc /root/.bashrc",
    )
    await inHost('mx1', WIPE)
    assert.is(modes, '755 a\n755 a/b\n644 line\n644 made\n600 large\n644 file\n700 /run/mailrun')
  })
}

test.run()
