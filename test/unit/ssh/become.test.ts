// The command that opens the shell, what is taken from an inventory's flags, and what the methods' words mean.
import { execFileSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { openingOf } from '../../../src/ssh/become/become.ts'
import { openShell } from '../../../src/ssh/become/become-dialogue.ts'
import { becomeProblem, spoken } from '../../../src/ssh/become/become-problem.ts'
import { sharedTrial } from '../../../src/ssh/shared-trial.ts'
import type { Become } from '../../../src/core/fleet/host.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('become')

const become = (given: Partial<Become>): Become => ({
  method: 'sudo',
  user: 'root',
  executable: undefined,
  flags: [],
  password: undefined,
  ...given,
})
const password = new Secret('hunter2')
const command = (given: Partial<Become>, terminal = false): string =>
  openingOf(become(given), 'ops', terminal).command.replace(/(mailrun-[a-z]+)-[0-9a-f]{16}/g, '$1')
/** The method's own words. */
const words = (given: Partial<Become>): string =>
  /exec ((?:\/\S+|sudo|su|doas) .*?)"?'?$/.exec(command(given).replace(/^.*mailrun-begin >&2; /, ''))?.[1] ?? ''

test('the login user needs nothing to become who it is', () => {
  assert.equal(openingOf(become({ user: 'ops' }), 'ops', false), { command: 'exec sh', dialogue: undefined })
  assert.equal(openingOf(undefined, undefined, false), { command: 'exec sh', dialogue: undefined })
})

test('what is sent is read alike by any login shell, and by sh', () => {
  for (const method of ['sudo', 'su', 'doas'] as const) {
    for (const user of ['root', 'mail', 'host$', ...(method === 'sudo' ? ['#1000'] : [])]) {
      for (const terminal of [false, true]) {
        for (const [secret, greeting] of [[undefined], [password], [password, `echo "it's" '$x' \\\\ !\n`]] as const) {
          const line = openingOf(
            become({ method, user, password: secret, flags: ['-E', '-C', '/etc/x y'] }),
            'ops',
            terminal,
            greeting,
          ).command
          const text = /^exec sh -c '([^'\n!]*)'$/.exec(line)?.[1]
          assert.ok(text !== undefined, line)
          // fish takes \\ and \' for something else in single quotes.
          assert.not.match(text, /\\[\\']/)
          execFileSync('sh', ['-n'], { input: text })
          assert.not.match(line, 'hunter2')
        }
      }
    }
  }
})

test('a greeting is run by who does the work, and leaves the input to the shell', () => {
  const { command: line } = openingOf(undefined, undefined, false, `read x; echo "it's $x"\n`)
  assert.is(execFileSync('sh', ['-c', line], { input: 'echo shell\n', encoding: 'utf8' }), "it's \nshell\n")
})

test('without a password nothing may ask for one', () => {
  assert.match(words({}), /^sudo -H -n -u root -- sh -c /)
  assert.match(words({ method: 'doas' }), /^doas -n -u root -- sh -c /)
  assert.match(words({ method: 'su' }), /^su -s \/bin\/sh -c .* root$/)
})

test('flags of an inventory written for Ansible: what is in the way is left out, the rest goes along', () => {
  const sudo = (flags: readonly string[]): string =>
    words({ password, flags }).replace(/^sudo -H -k -S -p mailrun-password-%p: -u root | ?-- sh -c .*$/g, '')
  assert.is(sudo(['-H', '-S', '-n']), '')
  assert.is(sudo(['-HSn']), '')
  assert.is(sudo(['-HSnE']), '-E')
  assert.is(
    sudo([
      '-p',
      'Password?',
      '--prompt=x',
      '--prompt',
      'y',
      '-u',
      'joe',
      '-ujoe',
      '--user',
      'joe',
      '--user=joe',
      '-r',
      'sysadm_r',
    ]),
    '-r sysadm_r',
  )
  assert.is(sudo(['--preserve-env=LANG', '-C', '/etc/x y']), '--preserve-env=LANG -C "/etc/x y"')
  assert.match(words({ method: 'su', flags: ['-', '-c', 'id', '-m'] }), /^su -s \/bin\/sh -m -c ".*" - root$/)
  assert.match(words({ method: 'doas', flags: ['-n', '-s', '-u', 'joe', '-C', '/x'] }), /^doas -n -u root -C \/x -- sh/)
  assert.match(words({ method: 'su', executable: 'sudo su -' }), /^sudo su - -s /)
})

test('of another user than root no file is read before the shell stands: it could ask for the password', () => {
  const ready = 'echo mailrun-ready >&2; exec sh'
  const end = (given: Partial<Become>): string => words({ user: 'app', ...given })
  for (const flags of [['-i'], ['-Hi'], ['--login'], ['-i', '-E']]) {
    const kept = flags.includes('-E') ? '-E ' : ''
    assert.is(end({ password, flags }), `sudo -H -k -S -p mailrun-password-%p: -u app ${kept}-- sh -c "${ready} -l`)
  }
  for (const flags of [['-s'], ['--shell']]) assert.is(end({ flags }), `sudo -H -n -u app -- sh -c "${ready}`)
  for (const flags of [['-'], ['-l'], ['--login'], ['-ml']]) {
    const kept = flags.includes('-ml') ? '-m ' : ''
    assert.is(end({ method: 'su', flags }), `su -s /bin/sh ${kept}-c "${ready} -l" app`)
  }
  for (const executable of ['sudo su -', 'sudo su -l', 'sudo su --login'])
    assert.is(end({ method: 'su', executable }), `sudo su -s /bin/sh -c "${ready} -l" app`)
  assert.is(end({ method: 'su' }), `su -s /bin/sh -c "${ready}" app`)
  // Of root's files root decides.
  assert.is(words({ flags: ['-i'] }), `sudo -H -n -u root -i -- sh -c "${ready}`)
})

test('a terminal is there where it is insisted on, and for a password of doas', () => {
  assert.not.match(command({ password }), 'script -')
  assert.match(
    command({ password }, true),
    /script -qec "exec sudo .* -S .* <&3 >&4 2>&5 3<&- 4>&- 5>&-" \/dev\/null <\/dev\/null >\/dev\/null/,
  )
  assert.not.match(command({ method: 'doas' }), 'script -')
  assert.match(command({ method: 'doas', password }), 'script -')
})

const SAID: readonly (readonly [Partial<Become>, string, RegExp])[] = [
  [
    {},
    'sudo: a password is required',
    /asks for the password.*--ask-become-pass, --become-password-file or ansible_become_password/,
  ],
  [{ method: 'doas' }, 'doas: Authentication required', /asks for the password/],
  [{ password }, 'sudo: 1 incorrect password attempt', /the password was refused; it was tried once/],
  [{ method: 'su', password }, 'su: Authentication failure', /the password was refused/],
  [{ method: 'su' }, 'su: Permission denied', /pam_wheel/],
  [{}, 'ops is not in the sudoers file.', /sudoers does not let the login user run a shell as root/],
  [{ user: 'mail' }, "Sorry, user ops is not allowed to execute '/usr/bin/sh' as mail on mx1.", /run a shell as mail/],
  [{}, 'sh: 1: exec: sudo: not found', /sudo is not there: install it/],
  [{ method: 'doas' }, 'sh: 1: exec: doas: not found', /doas is not there/],
  [{ executable: '/opt/sudo' }, 'sh: 1: exec: /opt/sudo: not found', /\/opt\/sudo is not there/],
  [{}, 'sh: 1: exec: script: not found', /script\(1\).*bsdutils/],
  [{ user: 'joe' }, 'sudo: unknown user joe', /there is no user joe/],
  [{}, 'sudo: Account or password is expired, reset your password and try again', /a password has expired/],
  [
    { password },
    'sudo: account validation failure, is your account locked?\nsudo: a password is required',
    /locked or has expired/,
  ],
  [
    { method: 'su' },
    'You are required to change your password immediately (administrator enforced).',
    /a password has expired/,
  ],
  [{ method: 'su', user: 'mail' }, 'su: using restricted shell /usr/sbin/nologin', /the login shell of mail/],
  [{ method: 'doas' }, 'doas: Operation not permitted', /doas.conf does not let/],
  [
    {},
    'sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set',
    /no shell came up: exit status 1\nsudo: .* setuid bit/,
  ],
]

test('what a method says becomes what to do, with its own words below', () => {
  for (const [given, said, wanted] of SAID) {
    const reported = becomeProblem(become(given), { kind: 'ended', how: 'exit status 1' }, said)
    assert.match(reported, wanted)
    assert.ok(
      reported.startsWith(`become ${given.user ?? 'root'} through ${given.method ?? 'sudo'}: `) &&
        reported.endsWith(said),
      reported,
    )
  }
})

test('marks, our question and an echoed password are not shown', () => {
  const said =
    'a banner\n' +
    'mailrun-begin-0123456789abcdef\n' +
    'mailrun-password-0123456789abcdef-ops:hunter2\r\n' +
    'Sorry, user ops is not allowed to execute ' +
    "'/usr/bin/sh -c echo mailrun-ready-0123456789abcdef >&2; exec sh' as root on mx1.\n"
  assert.is(
    spoken(said, 'mailrun-begin-0123456789abcdef', 'hunter2'),
    "********\nSorry, user ops is not allowed to execute '/usr/bin/sh' as root on mx1.",
  )
})

/** A method that is played: each step says something, and may wait for a line first. */
function played(steps: (command: string) => readonly (string | { readonly line: string })[]): {
  readonly lines: string[]
  open(given: Partial<Become>): Promise<string>
} {
  const lines: string[] = []
  return {
    lines,
    async open(given) {
      const start = (line: string) => {
        const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
        const input = stdin[Symbol.asyncIterator]()
        const ended = (async () => {
          for (const step of steps(line)) {
            if (typeof step === 'string') stderr.write(step)
            else {
              const { value } = (await input.next()) as { value: Buffer }
              lines.push(value.toString())
              stderr.write(step.line)
            }
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
          return 'exit status 1'
        })()
        return Promise.resolve({
          stdin,
          stdout,
          stderr,
          onEnd: (listener: (how: string) => void) => void ended.then(listener),
        })
      }
      return openShell({
        become: become(given),
        login: 'ops',
        at: 'mx1',
        trial: sharedTrial(),
        start,
        stage: () => {},
      }).then(
        () => 'a shell',
        (error: Error) => error.message,
      )
    },
  }
}
const marks = (line: string): { readonly begin: string; readonly ready: string; readonly question: string } => {
  const word = /mailrun-ready-([0-9a-f]+)/.exec(line)![1]!
  return {
    begin: `mailrun-begin-${word}\n`,
    ready: `mailrun-ready-${word}\n`,
    question: `mailrun-password-${word}-ops:`,
  }
}

test('a password that is not asked for is not given', async () => {
  const host = played((line) => [marks(line).begin, marks(line).ready])
  assert.is(await host.open({ password }), 'a shell')
  assert.equal(host.lines, [])
})

test('nothing that looks like a question before the method begins is answered', async () => {
  const host = played((line) => ['Password: ', marks(line).begin, marks(line).ready])
  assert.is(await host.open({ method: 'su', password }), 'a shell')
  assert.equal(host.lines, [])
})

test('a question in pieces is answered once; a second one is a refusal', async () => {
  const host = played((line) => {
    const { begin, question } = marks(line)
    return [
      begin,
      'a lecture, about: passwords:\n',
      question.slice(0, 9),
      question.slice(9, -4),
      question.slice(-4),
      { line: `Sorry, try again.\n${question}` },
      '',
    ]
  })
  assert.match(
    await host.open({ password }),
    /^mx1: become root through sudo: the password of ops was refused; it was tried once\n[^]*Sorry, try again\.$/,
  )
  assert.equal(host.lines, ['hunter2\n'])
})

test('a question for something else is never answered with the password', async () => {
  for (const question of [
    'Current password: ',
    'New password: ',
    'Verification code: ',
    'Retype new password: ',
    'One-time passcode: ',
  ]) {
    const host = played((line) => [marks(line).begin, question])
    assert.match(await host.open({ password }), /asks for more than a password|has expired/, question)
    assert.equal(host.lines, [])
  }
})

test('a terminal is tried where it is insisted on, once', async () => {
  let started = 0
  const host = played((line) => {
    started += 1
    return line.includes('script -')
      ? [marks(line).begin, marks(line).ready]
      : [marks(line).begin, 'sudo: sorry, you must have a tty to run sudo\n']
  })
  assert.is(await host.open({}), 'a shell')
  const never = played((line) => [marks(line).begin, 'sudo: sorry, you must have a tty to run sudo\n'])
  assert.match(await never.open({}), /insists on a terminal/)
  assert.is(started, 2)
})

test('a password of two lines is refused: the second would be a command', async () => {
  const host = played((line) => [marks(line).begin, marks(line).question])
  assert.match(await host.open({ password: new Secret('a\nb') }), /more than one line/)
})

test('one that refuses a password decides about itself: the next host tries it, one at a time', async () => {
  const trial = sharedTrial()
  assert.is(await trial.turn('x', 'mx1'), undefined)
  const [second, third] = [trial.turn('x', 'mx2'), trial.turn('x', 'mx3')]
  assert.is(await trial.turn('another', 'mx4'), undefined)
  trial.settle('x', 'mx1', false)
  assert.is(await second, undefined)
  assert.is(await Promise.race([third, Promise.resolve('waits')]), 'waits')
  trial.settle('x', 'mx2', true)
  assert.is(await third, undefined)
})

test('a password that two hosts refuse, and none has accepted, goes nowhere else', async () => {
  const trial = sharedTrial()
  const turns = ['mx1', 'mx2', 'mx3', 'mx4'].map((at) => trial.turn('x', at))
  for (const at of ['mx1', 'mx2']) {
    await turns[at === 'mx1' ? 0 : 1]
    trial.settle('x', at, false)
  }
  assert.equal(await Promise.all(turns), [undefined, undefined, ['mx1', 'mx2'], ['mx1', 'mx2']])
  assert.equal(await trial.turn('x', 'mx5'), ['mx1', 'mx2'])
  assert.is(await trial.turn('y', 'mx5'), undefined)
})

test('a host that says nothing of a password lets one other try it, not all', async () => {
  const trial = sharedTrial()
  await trial.turn('x', 'mx1')
  const [second, third] = [trial.turn('x', 'mx2'), trial.turn('x', 'mx3')]
  assert.is(await second, undefined)
  assert.is(await Promise.race([third, Promise.resolve('waits')]), 'waits')
  trial.settle('x', 'mx1', false)
  trial.settle('x', 'mx2', false)
  assert.equal(await third, ['mx1', 'mx2'])
})

test(
  'accepted once, a password is given to all, whoever refuses it later; ' +
    'and one host that cannot tell leaves it to the next',
  async () => {
    const trial = sharedTrial()
    await trial.turn('x', 'mx1')
    const [second, third] = [trial.turn('x', 'mx2'), trial.turn('x', 'mx3')]
    trial.settle('x', 'mx1', undefined)
    assert.is(await second, undefined)
    trial.settle('x', 'mx2', true)
    assert.is(await third, undefined)
    trial.settle('x', 'mx3', false)
    assert.is(await trial.turn('x', 'mx4'), undefined)
  },
)

test.run()
