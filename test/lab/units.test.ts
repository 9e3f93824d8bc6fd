// Units on a real systemd, and the files that they have loaded: a check foretells what the run then does, and afterwards nothing is left to do. Has a lab of its own.
import * as assert from 'uvu/assert'
import { unitFamily, unitItem } from '../../src/probes/unit-family.ts'
import type { RunDocument } from '../../src/report/json.ts'
import type { ServiceArgs } from '../../tasks/service.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'

process.env['MAILRUN_LAB_NAME'] = 'units'
const lab = await import('../../lab/index.ts')
const test = suite('lab: units')

const PLAYBOOK = `
import { playbook, v } from 'mailrun'
import { directory, file, service } from 'mailrun/tasks'
export default playbook({
  name: 'units', hosts: 'mail', vars: v.object({ directories: v.optional(v.array(v.any()), []), files: v.optional(v.array(v.any()), []), services: v.array(v.any()) }),
  tasks: ({ vars }) => [...vars.directories.map((each) => directory(each)), ...vars.files.map((each) => file(each)), ...vars.services.map((each) => service(each))],
})
`
interface Wanted { readonly services: readonly ServiceArgs[]; readonly files?: readonly object[]; readonly directories?: readonly object[] }
let here: Project
const mailrun = async (wanted: Wanted, ...words: readonly string[]): Promise<RunDocument['hosts'][number]> => {
  const { stdout, stderr } = await here.mailrun('units.mjs', '--format', 'json', '-i', lab.inventoryPath, '-e', JSON.stringify(wanted), ...words)
  assert.ok(stdout !== '', stderr)
  return (JSON.parse(stdout) as RunDocument).hosts[0]!
}
const inHost = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await lab.hostExec('mx1', script)
  assert.is(code, 0, `${script}\n${stdout}${stderr}`)
  return stdout.trim()
}
const changesOf = ({ tasks }: RunDocument['hosts'][number]): readonly string[] => tasks.flatMap(({ changes }) => changes)

/** Checked, done, and nothing left to do. */
async function settles(wanted: Wanted, changes: readonly string[]): Promise<void> {
  assert.equal(changesOf(await mailrun(wanted, '--check')), changes, 'foretold')
  const run = await mailrun(wanted)
  assert.is(run.error, undefined)
  assert.equal(changesOf(run), changes, 'done')
  const again = await mailrun(wanted, '--check')
  assert.equal([again.status, changesOf(again)], ['ok', []])
}
const one = (args: ServiceArgs): Wanted => ({ services: [args] })

const LIB = '/usr/lib/systemd/system'
const ETC = '/etc/systemd/system'
const SLEEPS = '[Service]\\nExecStart=/bin/sleep infinity\\n'
/** A unit file by hand; a percent sign or a backslash means something to printf(1). */
const unit = (path: string, text: string): string => `printf '${text}' > ${path} && systemctl daemon-reload\n`

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'units.mjs': PLAYBOOK })
})
test.after(async () => {
  here.remove()
  await lab.labDown()
})

test('all units are asked about by a handful of processes, however many they are', async () => {
  const items = ['ssh', 'cron', 'postfix', 'systemd-journald', 'dbus', 'systemd-logind'].map((name) =>
    unitItem({ unit: `${name}.service`, restartOn: [`/etc/${name}.conf`, '/etc/hosts'], reloadOn: ['/etc/passwd', '/etc/apt'] }))
  const processes = async (asked: readonly string[]): Promise<number> => {
    const shims = 'rm -rf /tmp/shims; mkdir /tmp/shims; for c in systemctl find sha256sum cat readlink stat grep sed ls; do printf "#!/bin/sh\\necho $c >> /tmp/shims.log\\nexec $(command -v $c) \\"\\$@\\"\\n" > /tmp/shims/$c; done; chmod +x /tmp/shims/*; : > /tmp/shims.log'
    return Number(await inHost(`${shims}; PATH=/tmp/shims:$PATH sh >/dev/null <<'XX'\n${unitFamily.script(asked).text}\nXX\nwc -l < /tmp/shims.log`))
  }
  // systemctl, and again for what stands behind postfix.service; find and sha256sum, find for links; cat for the stamps.
  assert.is(await processes(items), 6)
  assert.is(await processes(items.slice(0, 1)), 5)
})

test('without a stamp a changed mode means a restart, and a check says so', async () => {
  await inHost(unit(`${LIB}/reads.service`, `${SLEEPS}ExecReload=/bin/true\\n`) + 'echo 1 > /etc/reads.conf; chmod 0644 /etc/reads.conf; sleep 0.1; systemctl start reads')
  const wanted = (mode: string): Wanted => ({ files: [{ path: '/etc/reads.conf', mode }], services: [{ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }] })
  await settles(wanted('0600'), ['mode 0644 → 0600', 'restart: /etc/reads.conf changed'])
  // With one it does not.
  await settles(wanted('0644'), ['mode 0600 → 0644'])
})

test('a stamp tells of the files that were asked for, and of nothing else', async () => {
  await inHost('echo 1 > /etc/reads.more; sleep 0.1; systemctl restart reads')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), [])
  await inHost('touch /etc/reads.conf')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), ['restart: /etc/reads.conf changed'])
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf', '/etc/reads.more'] }), [])
  await inHost('rm /etc/reads.conf')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), ['restart: /etc/reads.conf changed'])
})

test('a reload loads what a reload reads, and no more', async () => {
  await inHost('echo 2 > /etc/reads.conf')
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.conf'] }), ['reload: /etc/reads.conf changed'])
  await inHost('echo 3 >> /etc/reads.more')
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.more'] }), ['reload: /etc/reads.more changed'])
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.conf'] }), [])
  await settles(one({ unit: 'reads', restartOn: ['/etc/reads.conf'] }), ['restart: /etc/reads.conf changed'])
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.more'] }), [])
})

test('of a directory all files count, and links are followed, as in Let\'s Encrypt\'s live/', async () => {
  const tls = one({ unit: 'reads', state: 'running', restartOn: ['/etc/le/live'] })
  await inHost('mkdir -p /etc/le/live/mx /etc/le/archive/mx; echo 1 > /etc/le/archive/mx/cert1.pem; echo 2 > /etc/le/archive/mx/cert2.pem; ln -s ../../archive/mx/cert2.pem /etc/le/live/mx/cert.pem; sleep 0.1; systemctl restart reads')
  await settles(tls, [])
  // Back to the old one, which is no younger than the start, before there is a stamp.
  await inHost('ln -sfn ../../archive/mx/cert1.pem /etc/le/live/mx/cert.pem')
  await settles(tls, ['restart: /etc/le/live changed'])
  for (const change of ['ln -sfn ../../archive/mx/cert2.pem /etc/le/live/mx/cert.pem', 'echo 3 > /etc/le/archive/mx/cert2.pem', 'echo 4 > /etc/le/live/mx/README', 'rm /etc/le/live/mx/README', 'rm -r /etc/le/live']) {
    await inHost(change)
    await settles(tls, ['restart: /etc/le/live changed'])
  }
})

test('its unit file and its drop-ins count as files that it reads, whether systemd has them loaded or not', async () => {
  const args: ServiceArgs = { unit: 'reads', state: 'running', restartOn: [] }
  await inHost('sleep 0.1; systemctl restart reads')
  await settles(one(args), [])
  const dropIn = `${ETC}/reads.service.d/limit.conf`
  await inHost(`mkdir -p ${ETC}/reads.service.d; printf '[Service]\\nLimitNOFILE=4096\\n' > ${dropIn}`)
  await settles(one(args), ['daemon-reload', 'restart: its unit file or a drop-in changed'])
  await inHost(`printf '[Service]\\nLimitNOFILE=2048\\n' > ${dropIn}; systemctl daemon-reload`)
  await settles(one(args), [`restart: ${dropIn} changed`])
  await settles({ directories: [{ path: `${ETC}/reads.service.d` }], files: [{ path: dropIn, content: '[Service]\nLimitNOFILE=1024\n' }], services: [args] }, ['content', 'daemon-reload', `restart: ${dropIn} changed`])
  await inHost(`rm ${dropIn}; systemctl daemon-reload`)
  await settles(one(args), [`restart: ${dropIn} changed`])
  await inHost('systemctl set-property reads MemoryMax=1G; systemctl daemon-reload')
  await settles(one(args), [])
})

test.run()
