// Kills the controller at random instants of a first run, and has the next run start at once:
// it must end as an undisturbed one does.
import { spawn } from 'node:child_process'
import * as assert from 'uvu/assert'
import type * as Lab from '../lab/index.ts'
import { MAIN, ROOT } from './unit/cli/mailrun.ts'
import { suite } from './suite.ts'

/** A sequence that is the same for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** All that the run decides, without what is random in it: names, modes, owners, contents of everything but keys. */
const END_STATE = `cd / &&
  find etc/opendkim etc/opendkim.conf etc/dkimkeys etc/postfix/main.cf var/spool/postfix/opendkim \\
    -printf '%p %y %u:%g %m\\n' | sort
sha256sum /etc/opendkim.conf /etc/dkimkeys/*Table /etc/dkimkeys/TrustedHosts /etc/postfix/main.cf
dpkg-query -W -f '\${Package} \${db:Status-Abbrev}\\n' opendkim opendkim-tools postfix openssl
systemctl is-active opendkim postfix postfix@-
find / -xdev -name '*.mailrun-new*' 2>/dev/null
ls -A /var/lib/mailrun/opendkim /var/spool/postfix/mailrun-cover 2>/dev/null
systemctl list-units --no-legend 'mailrun-*'
:`

export function killRounds(rounds: number, lab: typeof Lab): void {
  const test = suite(`lab: ${rounds} kills`)
  const seed = Number(process.env['MAILRUN_KILL_SEED'] ?? 20_376)
  const next = random(seed)
  const args = [MAIN, 'playbooks/dkim.ts', '-i', lab.inventoryPath]
  const run = (
    words: readonly string[],
    killAfter?: number,
  ): Promise<{ readonly code: number | null; readonly output: string; readonly seconds: number }> =>
    new Promise((resolve) => {
      const began = performance.now()
      const child = spawn(process.execPath, [...args, ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter * 1000)
      child.on('close', (code) => {
        clearTimeout(timer)
        resolve({ code, output, seconds: (performance.now() - began) / 1000 })
      })
    })
  const state = async (): Promise<string> => (await lab.hostExec('mx1', END_STATE)).stdout
  let undisturbed = ''
  let seconds = 0

  test.before(async () => {
    await lab.labUp({ size: 1, tools: false, wire: undefined })
    await lab.labReset('all')
    const whole = await run([])
    assert.is(whole.code, 0, whole.output)
    seconds = whole.seconds
    undisturbed = await state()
  })
  test.after(() => lab.labDown())
  for (let round = 1; round <= rounds; round += 1) {
    const share = next()
    test(`round ${round} of seed ${seed}: killed at ${Math.round(share * 100)} % of a run`, async () => {
      await lab.labReset('all')
      await run([], Math.max(0.1, share * seconds))
      const again = await run([])
      assert.is(again.code, 0, again.output)
      assert.is(await state(), undisturbed)
      const check = await run(['--check'])
      assert.is(check.code, 0, check.output)
    })
  }
  test.run()
}
