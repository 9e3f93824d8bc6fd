// Becoming another user on real hosts: sudo, su and doas, by who logs in, as whom, with which password, under which
// rules. Has a lab of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { nameLab } from './own-lab.ts'

nameLab('become')
const lab = await import('../../lab/index.ts')

const test = suite('lab: become')

/** Each case is tried over each of these. */
const CONNECTIONS = ['ssh', 'openssh'] as const

/** Their words stand in no other file or argument. */
const PASSWORDS = { pat: 'pat-Kw7 rW$"9', lee: 'lee-Kw7rW9', root: 'root-Kw7rW9', wrong: 'wrong-Kw7rW9' } as const
type Password = keyof typeof PASSWORDS

const WHO = `
import { playbook } from 'mailrun'
import { command, file } from 'mailrun/tasks'
import * as v from 'valibot'

const bytes = Array.from(
  { length: 4000 },
  (_, line) => line + ' \\t\\r \\u0003\\u0004\\u001a é ' + 'x'.repeat(60),
).join('\\n')
export default playbook({
  name: 'who',
  hosts: 'all',
  vars: v.object({
    large: v.optional(v.boolean(), false),
    runs: v.optional(v.string(), ''),
    as: v.optional(v.string()),
  }),
  tasks: ({ vars }) => [
    command({
      run: 'who="$(id -un) $HOME $USER $LOGNAME $(pwd) $(umask) $PATH"; ' +
        'echo "$who" > /tmp/who; chmod 666 /tmp/who',
    }),
    vars.large && file({ path: '/tmp/large', content: bytes }),
    vars.runs !== '' && command({ run: vars.runs, ...(vars.as === undefined ? {} : { user: vars.as }) }),
  ],
})
`

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const ROOT_STANDS = `root /root root root / 0022 ${PATH}`
const PLAIN_SUDOERS = 'pat ALL=(ALL:ALL) ALL\nlee ALL=(ALL:ALL) NOPASSWD: ALL'
const PLAIN_DOAS = 'permit pat\npermit nopass lee'

let here: Project
const as = (user: string, ...words: readonly string[]): readonly string[] => [
  '-e',
  `ansible_user=${user}`,
  '--become',
  ...words,
]
const given = (password: Password): readonly string[] => ['--become-password-file', join(here.folder, password)]
const runs = (text: string, user?: string): readonly string[] => [
  '-e',
  JSON.stringify({ runs: text, ...(user === undefined ? {} : { as: user }) }),
]
const KIM = ['-e', 'ansible_user=kim', '-e', 'ansible_become=false']
const host = async (name: string, script: string): Promise<string> => {
  const { code, stdout, stderr } = await lab.hostExec(name, script)
  assert.is(code, 0, stdout + stderr)
  return stdout.trim()
}
let connection: string = CONNECTIONS[0]
const mailrun = (name: string, ...words: readonly string[]): Promise<Ended> =>
  here.mailrun(
    'who.mjs',
    '-i',
    lab.inventoryPath,
    '--limit',
    name,
    '--format',
    'json',
    '--connection',
    connection,
    ...words,
  )
const sudoers = (text: string): Promise<string> =>
  host(
    'mx1',
    `cat > /etc/sudoers.d/become <<'END'
${text}
END
chmod 440 /etc/sudoers.d/become
visudo -cqf /etc/sudoers.d/become`,
  )

/** Runs on mx1, and tells who did the work. */
async function stands(words: readonly string[]): Promise<string> {
  await host('mx1', 'rm -f /tmp/who /tmp/large')
  const { code, stdout, stderr } = await mailrun('mx1', ...words)
  assert.is(code, 0, stdout + stderr)
  return host('mx1', 'cat /tmp/who')
}

/** What is reported where no shell comes up. */
async function refused(words: readonly string[], name = 'mx1'): Promise<string> {
  const { code, stdout, stderr } = await mailrun(name, ...words)
  assert.is(code, 4, stdout + stderr)
  const reported = (JSON.parse(stdout) as RunDocument).hosts.map(({ error }) => error ?? '').join('\n')
  assert.not.match(reported, /mailrun-(?:begin|ready|end|password)-/)
  for (const password of Object.values(PASSWORDS)) assert.not.ok(reported.includes(password), reported)
  return reported
}

const REFUSALS = `journalctl -q --sync
journalctl -q --no-pager -o cat --cursor-file=/root/cursor |
  grep -cE 'pam_unix.*authentication failure' || :`
/** How often a password was refused on the host since its log was last looked at. */
async function refusals(name: string): Promise<number> {
  return Number(await host(name, REFUSALS))
}

const SETUP = `
export DEBIAN_FRONTEND=noninteractive
apt-get install -y opendoas >/dev/null 2>&1
for u in pat lee kim fay tess; do useradd -m -s /bin/bash $u; done
useradd -o -u 0 -g 0 -M -d /root -s /bin/bash toor
mkdir -p /root/.ssh
cat /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys 2>/dev/null | sort -u > /root/keys
for u in pat lee kim fay tess; do
  install -d -m 700 -o $u -g $u /home/$u/.ssh
  install -m 600 -o $u -g $u /root/keys /home/$u/.ssh/authorized_keys
done
install -m 600 /root/keys /root/.ssh/authorized_keys
`
const HOSTS = ['mx1', 'mx2', 'mx3'] as const
const RULES = `echo '${PLAIN_SUDOERS}' > /etc/sudoers.d/become
chmod 440 /etc/sudoers.d/become
printf '%s\\n' '${PLAIN_DOAS}' > /etc/doas.conf
journalctl -q --no-pager --cursor-file=/root/cursor >/dev/null`

test.before(async () => {
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  here = project({
    'who.mjs': WHO,
    ...Object.fromEntries(Object.entries(PASSWORDS).map(([name, password]) => [name, `${password}\n`])),
  })
  await Promise.all(
    HOSTS.map(async (name) => {
      await host(name, SETUP)
      for (const user of ['pat', 'lee', 'root'] as const)
        await host(name, `chpasswd <<'END'\n${user}:${PASSWORDS[user]}\nEND`)
      await host(name, RULES)
    }),
  )
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})
test.after.each(async () => {
  await sudoers(PLAIN_SUDOERS)
})

interface Case {
  readonly who: string
  readonly flags?: readonly string[]
  readonly password?: Password
  readonly sudoers?: string
  /** Run on the host before, and after. */
  readonly before?: string
  readonly after?: string
  /** What the shell is like; or what is reported instead. */
  readonly wanted: string | RegExp
}

const NEEDED = /asks for the password.*--ask-become-pass, --become-password-file or ansible_become_password/
const su = ['--become-method', 'su']
const doas = ['--become-method', 'doas']
const mail = ['--become-user', 'mail']
const MAIL_STANDS = `mail /var/mail mail mail / 0022 ${PATH}`

/** sshd lets in whose account or password has expired; sudo does not. */
const SSHD_LETS_IN = `cp /etc/pam.d/sshd /root/sshd
sed -i "s/^@include common-account/account required pam_permit.so/" /etc/pam.d/sshd`

const CASES: Readonly<Record<string, Case>> = {
  'sudo, no password needed': { who: 'lee', wanted: ROOT_STANDS },
  'sudo, one given that is not needed': { who: 'lee', password: 'lee', wanted: ROOT_STANDS },
  'sudo, needed and given': { who: 'pat', password: 'pat', wanted: ROOT_STANDS },
  'sudo, needed and not given': { who: 'pat', wanted: NEEDED },
  'sudo, not in sudoers': { who: 'kim', wanted: /asks for the password|does not let/ },
  'sudo, not in sudoers, with a password': {
    who: 'kim',
    password: 'pat',
    before: `usermod -p "$(getent shadow pat | cut -d: -f2)" kim`,
    wanted: /sudoers does not allow the login user to run a shell as root/,
  },
  'sudo, single commands only': {
    who: 'pat',
    password: 'pat',
    sudoers: 'pat ALL=(root) /usr/bin/systemctl',
    wanted: /sudoers does not allow the login user to run a shell as root: single commands/,
  },
  'sudo, a lecture': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat lecture=always`,
    wanted: ROOT_STANDS,
  },
  'sudo, another prompt, in another language': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat passprompt="Passwort für %p: "`,
    wanted: ROOT_STANDS,
  },
  'sudo, no cached credentials': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat timestamp_timeout=0`,
    wanted: ROOT_STANDS,
  },
  'sudo, cached for all': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat timestamp_type=global`,
    wanted: ROOT_STANDS,
  },
  'sudo, asterisks': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat pwfeedback`,
    wanted: ROOT_STANDS,
  },
  'sudo, asterisks, on a terminal': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:pat pwfeedback, requiretty`,
    wanted: ROOT_STANDS,
  },
  'sudo, on a terminal, no password needed': {
    who: 'lee',
    sudoers: `${PLAIN_SUDOERS}\nDefaults:lee requiretty`,
    wanted: ROOT_STANDS,
  },
  'sudo, on a terminal, one given that is not needed': {
    who: 'lee',
    password: 'lee',
    sudoers: `${PLAIN_SUDOERS}\nDefaults requiretty`,
    wanted: ROOT_STANDS,
  },
  'sudo, on a terminal, needed and given': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults requiretty, lecture=always`,
    wanted: ROOT_STANDS,
  },
  'sudo, on a terminal, needed and not given': {
    who: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults requiretty`,
    wanted: NEEDED,
  },
  'sudo, on a terminal, as mail': {
    who: 'lee',
    flags: mail,
    sudoers: `${PLAIN_SUDOERS}\nDefaults requiretty`,
    wanted: MAIL_STANDS,
  },
  'sudo, on a terminal that cannot be given': {
    who: 'lee',
    sudoers: `${PLAIN_SUDOERS}\nDefaults requiretty`,
    before: 'mv /usr/bin/script /usr/bin/script.off',
    after: 'mv /usr/bin/script.off /usr/bin/script',
    wanted: /the host does not have script\(1\), which provides one/,
  },
  'sudo in a terminal of its own': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults use_pty`,
    wanted: ROOT_STANDS,
  },
  'sudo in a terminal of its own, on one': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults use_pty, requiretty`,
    wanted: ROOT_STANDS,
  },
  'sudo that keeps what is said': {
    who: 'pat',
    password: 'pat',
    sudoers: `${PLAIN_SUDOERS}\nDefaults log_output`,
    wanted: ROOT_STANDS,
  },
  "sudo with root's password": {
    who: 'pat',
    password: 'root',
    sudoers: `${PLAIN_SUDOERS}\nDefaults rootpw`,
    wanted: ROOT_STANDS,
  },
  "sudo with the target's password, as lee": {
    who: 'pat',
    password: 'lee',
    flags: ['--become-user', 'lee'],
    sudoers: `${PLAIN_SUDOERS}\nDefaults targetpw`,
    wanted: `lee /home/lee lee lee / 0022 ${PATH}`,
  },
  'sudo, no environment kept': { who: 'lee', sudoers: `${PLAIN_SUDOERS}\nDefaults !env_reset`, wanted: /./ },
  'sudo as mail': { who: 'lee', flags: mail, wanted: MAIL_STANDS },
  'sudo as mail, with a password': { who: 'pat', flags: mail, password: 'pat', wanted: MAIL_STANDS },
  'sudo as who has no home': {
    who: 'lee',
    flags: ['--become-user', 'nobody'],
    wanted: `nobody /nonexistent nobody nobody / 0022 ${PATH}`,
  },
  'sudo as a number': { who: 'lee', flags: ['--become-user', '#8'], wanted: MAIL_STANDS },
  'sudo as nobody there': { who: 'lee', flags: ['--become-user', 'nosuch'], wanted: /there is no user nosuch/ },
  "sudo, Ansible's flags": {
    who: 'pat',
    flags: ['-e', '{"ansible_become_flags": "-H -S -n"}'],
    password: 'pat',
    wanted: ROOT_STANDS,
  },
  'sudo, a login shell': {
    who: 'pat',
    flags: ['-e', '{"ansible_become_flags": "-i"}'],
    password: 'pat',
    wanted: ROOT_STANDS,
  },
  'sudo elsewhere': {
    who: 'pat',
    flags: ['-e', 'ansible_become_exe=/opt/sudo'],
    password: 'pat',
    before: 'ln -sf /usr/bin/sudo /opt/sudo',
    wanted: ROOT_STANDS,
  },
  'sudo that is not there': {
    who: 'pat',
    flags: ['-e', 'ansible_become_exe=/opt/nosudo'],
    wanted: /the host does not have \/opt\/nosudo/,
  },
  'sudo, an account that has expired': {
    who: 'pat',
    password: 'pat',
    before: `chage -E 1 pat\n${SSHD_LETS_IN}`,
    after: 'chage -E -1 pat; cp /root/sshd /etc/pam.d/sshd',
    wanted: /expired/,
  },
  'sudo, a password that has expired': {
    who: 'pat',
    password: 'pat',
    before: `chage -d 1 -M 1 pat\n${SSHD_LETS_IN}`,
    after: 'chage -d "$(date +%F)" -M 99999 pat; cp /root/sshd /etc/pam.d/sshd',
    wanted: /a password has expired/,
  },
  su: { who: 'pat', flags: su, password: 'root', wanted: ROOT_STANDS },
  'su, not given': { who: 'pat', flags: su, wanted: NEEDED },
  'su as another user': {
    who: 'pat',
    flags: [...su, '--become-user', 'lee'],
    password: 'lee',
    wanted: `lee /home/lee lee lee / 0022 ${PATH}`,
  },
  'su, a login shell': {
    who: 'pat',
    flags: [...su, '-e', '{"ansible_become_flags": "-"}'],
    password: 'root',
    wanted: ROOT_STANDS,
  },
  'su through sudo': { who: 'lee', flags: [...su, '-e', '{"ansible_become_exe": "sudo su -"}'], wanted: ROOT_STANDS },
  'sudo as another user, a login shell': {
    who: 'lee',
    flags: ['--become-user', 'kim', '-e', '{"ansible_become_flags": "-i"}'],
    password: 'lee',
    wanted: `kim /home/kim kim kim / 0022 ${PATH}`,
  },
  'su through sudo as another user': {
    who: 'lee',
    flags: [...su, '--become-user', 'kim', '-e', '{"ansible_become_exe": "sudo su -"}'],
    password: 'lee',
    wanted: `kim /home/kim kim kim / 0022 ${PATH}`,
  },
  'su through sudo with a password': {
    who: 'pat',
    flags: [...su, '-e', '{"ansible_become_exe": "sudo su -"}'],
    password: 'pat',
    wanted: ROOT_STANDS,
  },
  'su, a locked account': {
    who: 'pat',
    flags: su,
    password: 'root',
    before: 'passwd -ql root',
    after: 'passwd -qu root',
    wanted: /the password was refused/,
  },
  'su, only for wheel': {
    who: 'pat',
    flags: su,
    password: 'root',
    before: 'sed -i "1i auth required pam_wheel.so" /etc/pam.d/su',
    after: 'sed -i 1d /etc/pam.d/su',
    wanted: /pam_wheel/,
  },
  'su, who is trusted': {
    who: 'pat',
    flags: su,
    before: 'sed -i "1i auth sufficient pam_succeed_if.so user = root" /etc/pam.d/su',
    after: 'sed -i 1d /etc/pam.d/su',
    wanted: ROOT_STANDS,
  },
  'su, trusted, with a password that is not needed': {
    who: 'pat',
    flags: su,
    password: 'root',
    before: 'sed -i "1i auth sufficient pam_succeed_if.so user = root" /etc/pam.d/su',
    after: 'sed -i 1d /etc/pam.d/su',
    wanted: ROOT_STANDS,
  },
  'su, a password that has expired': {
    who: 'pat',
    flags: su,
    password: 'root',
    before: 'chage -d 1 -M 1 root',
    after: 'chage -d "$(date +%F)" -M 99999 root',
    wanted: /a password has expired/,
  },
  'su as who has no shell': {
    who: 'pat',
    flags: [...su, ...mail],
    password: 'pat',
    before: `usermod -p "$(getent shadow pat | cut -d: -f2)" mail`,
    after: "usermod -p '*' mail",
    wanted: /the login shell of mail takes no commands/,
  },
  'su as nobody there': {
    who: 'pat',
    flags: [...su, '--become-user', 'nosuch'],
    password: 'root',
    wanted: /there is no user nosuch/,
  },
  'doas, no password needed': { who: 'lee', flags: doas, wanted: ROOT_STANDS },
  'doas, one given that is not needed': { who: 'lee', flags: doas, password: 'lee', wanted: ROOT_STANDS },
  'doas, needed and given': { who: 'pat', flags: doas, password: 'pat', wanted: ROOT_STANDS },
  'doas, needed and not given': { who: 'pat', flags: doas, wanted: NEEDED },
  'doas, not permitted': {
    who: 'kim',
    flags: doas,
    password: 'pat',
    wanted: /doas.conf does not allow the login user to run sh as root/,
  },
  'doas as mail': { who: 'lee', flags: [...doas, ...mail], wanted: MAIL_STANDS },
  'doas as mail, with a password': { who: 'pat', flags: [...doas, ...mail], password: 'pat', wanted: MAIL_STANDS },
  'doas without rules': {
    who: 'pat',
    flags: doas,
    before: 'mv /etc/doas.conf /etc/doas.off',
    after: 'mv /etc/doas.off /etc/doas.conf',
    wanted: /the host has no \/etc\/doas.conf/,
  },
  root: { who: 'root', wanted: ROOT_STANDS },
  'root, with a password': { who: 'root', password: 'wrong', flags: su, wanted: ROOT_STANDS },
  'root, who may not use sudo': { who: 'root', sudoers: 'Defaults !root_sudo', wanted: ROOT_STANDS },
  'root by another name': { who: 'toor', password: 'wrong', wanted: `root /root toor toor / 0022 ${PATH}` },
  'root by another name, doas': {
    who: 'toor',
    flags: doas,
    password: 'wrong',
    wanted: `root /root toor toor / 0022 ${PATH}`,
  },
  'root as mail, where sudo does not let it': {
    who: 'root',
    flags: mail,
    sudoers: 'Defaults !root_sudo',
    wanted: MAIL_STANDS,
  },
  'root as mail, doas': { who: 'root', flags: [...doas, ...mail], password: 'wrong', wanted: MAIL_STANDS },
  'who it is already': {
    who: 'kim',
    flags: ['--become-user', 'kim'],
    password: 'wrong',
    wanted: `kim /home/kim kim kim / 0022 ${PATH}`,
  },
}

/** Asks as sudo does, and as mailrun had sudo ask, which anybody can read in its arguments. */
const LYING_PROFILE = `echo asked > /tmp/asked
cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" | grep -am1 '^mailrun-password-' >&2
printf '[sudo] password for lee: ' >&2
IFS= read -r reported
printf '%s\\n' "$reported" > /tmp/reported`

/** Whatever stands in an argument or the environment of a process, until it is asked to stop. */
const LOOK_AT_PROCESSES = `n=0
while [ ! -e /run/stop ]; do
  n=$((n + 1))
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -aFf /root/secret
done
[ "$n" -gt 1 ]`
const LOOK_AT_LOGS = `journalctl -q --sync
{ journalctl -q --no-pager; cat /var/log/*.log 2>/dev/null; } | grep -cFf /root/secret || :`
const LOOK_AT_FILES = `find /tmp /home /run /var/tmp /var/lib/sudo /var/mail -xdev -type f \
-newer /run/began 2>/dev/null -exec grep -lFf /root/secret {} + || :`

for (const each of CONNECTIONS) {
  test(`over ${each}`, () => {
    connection = each
  })

  for (const [title, { who, flags = [], password, sudoers: rules, before, after, wanted }] of Object.entries(CASES)) {
    test(`${each}: ${title}`, async () => {
      if (rules !== undefined) await sudoers(rules)
      if (before !== undefined) await host('mx1', before)
      try {
        const words = as(who, ...flags, ...(password === undefined ? [] : given(password)))
        if (typeof wanted === 'string' || wanted.source === '.') assert.match(await stands(words), wanted)
        else assert.match(await refused(words), wanted)
      } finally {
        if (after !== undefined) await host('mx1', after)
      }
    })
  }

  test(`${each}: another user whose files ask for the password of sudo is not reported it`, async () => {
    await host('mx1', `install -m 644 -o kim -g kim /dev/stdin /home/kim/.profile <<'END'\n${LYING_PROFILE}\nEND`)
    try {
      for (const flags of ['{"ansible_become_flags": "-i"}', '{"ansible_become_exe": "sudo su -"}']) {
        const method = flags.includes('su -') ? su : []
        await mailrun('mx1', ...as('lee', ...method, '--become-user', 'kim', '-e', flags, ...given('lee')))
        const reported = await host('mx1', 'cat /tmp/asked; cat /tmp/reported; rm -f /tmp/asked /tmp/reported')
        assert.match(reported, /^asked/)
        assert.not.match(reported, PASSWORDS.lee)
      }
    } finally {
      await host('mx1', 'rm -f /home/kim/.profile')
    }
  })

  for (const [title, words, rules] of [
    ['sudo', [], PLAIN_SUDOERS],
    ['sudo on a terminal', [], `${PLAIN_SUDOERS}\nDefaults requiretty`],
    ['sudo, insulting', [], `${PLAIN_SUDOERS}\nDefaults insults, passwd_tries=5`],
    ['sudo, one try', [], `${PLAIN_SUDOERS}\nDefaults passwd_tries=1`],
    ['su', su, PLAIN_SUDOERS],
    ['doas', doas, PLAIN_SUDOERS],
  ] as const) {
    test(`${each}: a wrong password is tried once: ${title}`, async () => {
      await sudoers(rules)
      await refusals('mx1')
      assert.match(
        await refused(as('pat', ...words, ...given('wrong'))),
        /the password (?:of pat )?was refused; it was tried once/,
      )
      assert.is(await refusals('mx1'), 1)
    })
  }

  test(`${each}: a wrong password is tried on two hosts of the fleet, a right one on all`, async () => {
    await Promise.all(HOSTS.map(refusals))
    assert.match(
      await refused(as('pat', ...given('wrong')), HOSTS.join(',')),
      /was refused on .* and .*, so it is not sent to another host until one has accepted it/,
    )
    assert.is(
      (await Promise.all(HOSTS.map(refusals))).reduce((sum, each) => sum + each),
      2,
    )
    const { code, stdout, stderr } = await mailrun(HOSTS.join(','), ...as('pat', ...given('pat')))
    assert.is(code, 0, stdout + stderr)
  })

  for (const [title, words, rules] of [
    ['sudo on a terminal', () => given('pat'), 'Defaults requiretty'],
    ['sudo in and on a terminal', () => given('pat'), 'Defaults requiretty, use_pty'],
    ['sudo in a terminal', () => given('pat'), 'Defaults use_pty'],
    ['su', () => [...su, ...given('root')], ''],
    ['doas', () => [...doas, ...given('pat')], ''],
  ] as const) {
    const what = 'what is large and what a terminal would take for keys arrives as it was sent'
    test(`${each}: ${what}: ${title}`, async () => {
      await sudoers(`${PLAIN_SUDOERS}\n${rules}`)
      assert.is(await stands(as('pat', ...words(), '-e', '{"large": true}')), ROOT_STANDS)
      const bytes = Array.from(
        { length: 4000 },
        (_, line) => `${line} \t\r \u0003\u0004\u001a é ${'x'.repeat(60)}`,
      ).join('\n')
      const wanted = `base64 -d <<'END' > /tmp/wanted
${Buffer.from(bytes).toString('base64')}
END
sha256sum < /tmp/wanted
stat -c %s /tmp/wanted`
      assert.is(await host('mx1', 'sha256sum < /tmp/large; stat -c %s /tmp/large'), await host('mx2', wanted))
    })
  }

  for (const [title, words] of [
    ['sudo', []],
    ['sudo on a terminal', []],
    ['su', su],
    ['doas', doas],
  ] as const) {
    test(`${each}: a password is in no argument, environment, log or file: ${title}`, async () => {
      const password = title === 'su' ? 'root' : 'pat'
      if (title.endsWith('terminal')) await sudoers(`${PLAIN_SUDOERS}\nDefaults requiretty`)
      await host('mx1', `printf '%s' '${PASSWORDS[password]}' > /root/secret; rm -f /run/stop; touch /run/began`)
      const there = lab.hostExec('mx1', LOOK_AT_PROCESSES)
      const seen = samples(PASSWORDS[password])
      try {
        assert.is(await stands(as('pat', ...words, ...given(password), ...runs('sleep 1'))), ROOT_STANDS)
      } finally {
        seen.stop()
        await host('mx1', 'touch /run/stop')
      }
      assert.equal([...seen.found], [])
      assert.equal(await there, { code: 0, stdout: '', stderr: '' })
      assert.is(await host('mx1', LOOK_AT_LOGS), '0')
      assert.is(await host('mx1', LOOK_AT_FILES), '')
    })
  }

  test(`${each}: who is not root has working files of its own, and learns what becoming root would do`, async () => {
    assert.is(await stands(KIM), `kim /home/kim kim kim / 0022 ${PATH}`)
    assert.is(
      await host('mx1', 'stat -c "%U %a" "/tmp/mailrun-$(id -u kim)"; ls -A ~kim | grep -c mailrun || :'),
      'kim 700\n0',
    )
    const { code, stdout } = await mailrun('mx1', ...KIM, ...runs('touch /etc/x'))
    assert.is(code, 3, stdout)
    assert.match(stdout, /Permission denied.*as kim, who is not root.*--become/)
    const other = await mailrun('mx1', ...KIM, ...runs('true', 'mail'))
    assert.match(other.stdout, /to run it as mail, become root: --become/)
    const own = await mailrun('mx1', ...KIM, ...runs('id -un', 'kim'))
    assert.is(own.code, 0, own.stdout)
  })

  test(`${each}: a run as a user whose folder in /tmp is taken has its working files elsewhere`, async () => {
    const fay = ['-e', 'ansible_user=fay', '-e', 'ansible_become=false', ...runs('touch ~/stands')] as const
    for (const taken of ['install -d -m 777 -o lee $d', 'ln -s /home/lee $d', 'runuser -u lee -- touch $d']) {
      await host('mx1', `d=/tmp/mailrun-$(id -u fay); rm -rf $d ~fay/stands /tmp/who; ${taken}`)
      const { code, stdout } = await mailrun('mx1', ...fay)
      assert.is(code, 0, `${taken}: ${stdout}`)
      const seen = 'ls ~fay/stands; find /tmp/mailrun-$(id -u fay)/ ~lee -name lock 2>/dev/null || :'
      assert.is(await host('mx1', seen), '/home/fay/stands')
    }
    await host('mx1', 'rm -rf /tmp/mailrun-$(id -u fay)')
  })

  test(`${each}: a command of another user has that user's home`, async () => {
    assert.is(
      await stands(as('lee', ...runs('echo "$(id -un) $HOME $USER $LOGNAME" >/tmp/who', 'mail'))),
      'mail /var/mail mail mail',
    )
  })

  for (const [shell, path] of [
    ['tcsh', '/bin/tcsh'],
    ['fish', '/usr/bin/fish'],
  ] as const) {
    test(`${each}: the login shell may be ${shell}`, async () => {
      await host('mx1', `[ -x ${path} ] || apt-get install -y ${shell} >/dev/null 2>&1; chsh -s ${path} pat`)
      try {
        for (const words of [
          given('pat'),
          [...su, ...given('root')],
          [...doas, ...given('pat')],
          [...mail, ...given('pat')],
        ])
          assert.match(await stands(as('pat', ...words)), /^(?:root|mail) /)
        await sudoers(`${PLAIN_SUDOERS}\nDefaults requiretty`)
        assert.is(await stands(as('pat', ...given('pat'))), ROOT_STANDS)
      } finally {
        await host('mx1', 'chsh -s /bin/bash pat')
      }
    })
  }

  test(`${each}: nothing is left running`, async () => {
    assert.is(await host('mx1', 'sleep 1; pgrep -a "script|sudo|doas" || :; pgrep -au pat,lee,kim sh || :'), '')
  })
}

/** Looks at every process of this machine, over and over. */
function samples(secret: string): { readonly found: ReadonlySet<string>; stop(): void } {
  const found = new Set<string>()
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const file of ['cmdline', 'environ']) {
        const text = read(`/proc/${pid}/${file}`)
        if (text.includes(secret)) found.add(`${file} ${read(`/proc/${pid}/comm`).trim()}`)
      }
    }
  }, 20)
  return { found, stop: () => clearInterval(timer) }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

test.run()
