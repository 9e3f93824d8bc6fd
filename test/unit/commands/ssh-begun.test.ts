// `ssh -G` is started while a command still reads its playbook, and never for a host that may not be reached.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { openFleet } from '../../../src/commands/fleet/open-fleet.ts'
import { suite } from '../../suite.ts'

const test = suite('commands/ssh-begun')

let folder: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-ssh-begun-'))
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

const BLOCKS = 'Host 192.0.2.*\n  ServerAliveInterval 20\n'

interface Given {
  readonly hosts: Readonly<Record<string, string>>
  readonly limit?: string
  readonly reachesHosts?: boolean
}

/** The destinations about which ssh was asked before any host was to be reached; waits for as many as are wanted. */
async function asked({ hosts, limit, reachesHosts }: Given, wanted: number): Promise<readonly string[]> {
  const at = mkdtempSync(join(folder, 'case-'))
  const [log, ssh, sshConfig, inventory] = ['log', 'ssh', 'config', 'inventory.yaml'].map((name) => join(at, name))
  writeFileSync(ssh!, `#!/bin/sh\nfor last; do :; done\necho "$last" >>${log}\n`, { mode: 0o755 })
  writeFileSync(sshConfig!, BLOCKS)
  const members = Object.entries(hosts).map(([name, address]) => [name, { ansible_host: address }])
  const all = { hosts: Object.fromEntries(members) as unknown, vars: { ansible_ssh_executable: ssh } }
  writeFileSync(inventory!, JSON.stringify({ all }))
  const fleet = await openFleet({ inventory: inventory!, sshConfig, limit, reachesHosts })
  fleet.close()
  const lines = (): readonly string[] => (existsSync(log!) ? readFileSync(log!, 'utf8').trim().split('\n') : [])
  const patience = wanted === 0 ? 10 : 400
  for (let tries = 0; lines().length < Math.max(wanted, 1) && tries < patience; tries += 1) await sleep(25)
  return lines()
}

test('one host in the inventory: ssh is asked about it before the playbook is read', async () => {
  assert.equal(await asked({ hosts: { mx1: '192.0.2.1' } }, 1), ['192.0.2.1'])
})

test('--limit with the name of one host: ssh is asked about this host alone', async () => {
  assert.equal(await asked({ hosts: { mx1: '192.0.2.1', mx2: '192.0.2.2' }, limit: 'mx2' }, 1), ['192.0.2.2'])
})

test('several hosts: ssh is asked only when it is known which hosts the playbook is for', async () => {
  assert.equal(await asked({ hosts: { mx1: '192.0.2.1', mx2: '192.0.2.2' } }, 0), [])
})

test('a command that reaches no host asks nothing', async () => {
  assert.equal(await asked({ hosts: { mx1: '192.0.2.1' }, reachesHosts: false }, 0), [])
})

test.run()
