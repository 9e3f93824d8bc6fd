// playbooks/mail-host.ts: a Postfix host out of a fresh Debian, predicted, done once, kept; and mail goes where its
// aliases say. Has a lab of its own.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { POSTFIX_UNIT, nameLab } from './own-lab.ts'

nameLab('mailhost')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mail-host')
const HOSTS = ['mx1', 'mx2']
const ALIASES = JSON.stringify({ aliases: { root: 'ops', postmaster: ['root', 'ops'] } })

/** Waits for the mail to root; fails where it does not come. */
const MAIL_ARRIVES = `
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -qs "Subject: to root" /var/mail/ops && exit 0
  sleep 0.5
done
mailq
exit 1`

let here: Project
const mailHost = async (
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly document: RunDocument }> => {
  const { code, stdout, stderr } = await here.mailrun(
    join(ROOT, 'playbooks/mail-host.ts'),
    '-i',
    lab.inventoryPath,
    '--format',
    'json',
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  return { code, document: JSON.parse(stdout) as RunDocument }
}
const reported = ({ hosts }: RunDocument) =>
  hosts.map(({ name, tasks }) => ({
    name,
    tasks: tasks.map((task) => ({ ...task, status: task.status === 'would-change' ? 'changed' : task.status })),
  }))

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, wire: undefined })
  here = project({})
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

test('a fresh host with Postfix and a bare one are predicted task by task, and done', async () => {
  const check = await mailHost('-e', ALIASES, '--check')
  assert.is(check.code, 2)
  const run = await mailHost('-e', ALIASES)
  assert.is(run.code, 0, JSON.stringify(run.document))
  assert.equal(reported(check.document), reported(run.document))
  assert.equal(
    run.document.hosts.map(({ trips }) => trips),
    [2, 2],
  )
})

test('a second run changes nothing, in one trip, and restarts nothing', async () => {
  const invocations = (): Promise<readonly string[]> =>
    Promise.all(HOSTS.map((host) => inHost(host, `systemctl show -p InvocationID --value ${POSTFIX_UNIT} | grep .`)))
  const before = await invocations()
  const { code, document } = await mailHost('-e', ALIASES)
  assert.equal([code, ...document.hosts.map(({ status, trips }) => [status, trips])], [0, ['ok', 1], ['ok', 1]])
  assert.equal(await invocations(), before)
})

for (const host of HOSTS) {
  test(`${host} knows its name, and mail for root goes to whom the aliases name`, async () => {
    assert.is(
      await inHost(host, 'hostname; hostname -f; postconf -h myhostname; cat /etc/mailname'),
      Array<string>(4).fill(`${host}.fleet.test`).join('\n'),
    )
    await inHost(host, "printf 'Subject: to root\\n\\nhello\\n' | /usr/sbin/sendmail root")
    await inHost(host, MAIL_ARRIVES)
  })
}

test('an alias added by hand goes, and the file that held it is kept', async () => {
  await inHost('mx1', 'echo "sales: ops" >> /etc/aliases')
  const { document } = await mailHost('-e', ALIASES)
  assert.equal(
    document.hosts.map(({ status }) => status),
    ['changed', 'ok'],
  )
  assert.equal(
    document.hosts[0]!.tasks.filter(({ status }) => status === 'changed').map(({ type }) => type),
    ['template', 'postfixMap'],
  )
  assert.is((await lab.hostExec('mx1', 'postalias -q sales hash:/etc/aliases')).code, 1)
  assert.match(await inHost('mx1', 'cat /etc/aliases.mailrun-backup'), 'sales: ops')
})

test.run()
