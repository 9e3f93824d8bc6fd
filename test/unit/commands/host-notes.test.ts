// What is to know of hosts that a command only asks: an unknown release, reported once for the fleet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import * as assert from 'uvu/assert'
import { openFleet } from '../../../src/commands/fleet/open-fleet.ts'
import { questionHosts } from '../../../src/commands/fleet/question-hosts.ts'
import { askOnly } from '../../../src/engine/ask-only.ts'
import type { Connect } from '../../../src/engine/session/connection.ts'
import { hostFacts } from '../../../src/resources/host/host-facts.ts'
import { suite } from '../../suite.ts'

const test = suite('commands/host-notes')

let folder: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-host-notes-'))
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

const FORKY = 'ID=debian\nVERSION_ID="14"\nVERSION_CODENAME=forky\n'
const NOBLE = 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n'
const TRIXIE = 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n'
const treated = (name: string): string =>
  `${name} is not tested: it is treated as Debian 13 (mailrun self-test tries it)`

/** This machine, with another os-release for each host. */
const elsewhere =
  (connect: Connect, at: string): Connect =>
  async (host, signal, tell) => {
    const connection = await connect(host, signal, tell)
    return {
      ...connection,
      exchange: (request) =>
        connection.exchange({ ...request, script: request.script.replaceAll('/etc/os-release', join(at, host.name)) }),
    }
  }

/** The warnings of a command that asks these hosts so many times. */
async function warnings(releases: Readonly<Record<string, string>>, times = 1): Promise<readonly string[]> {
  const at = mkdtempSync(join(folder, 'case-'))
  const hosts = Object.keys(releases).map((name) => [name, { ansible_connection: 'local' }])
  for (const [name, release] of Object.entries(releases)) writeFileSync(join(at, name), release)
  const inventory = join(at, 'inventory.yaml')
  writeFileSync(inventory, JSON.stringify({ all: { hosts: Object.fromEntries(hosts) as unknown } }))
  const said: string[] = []
  const fleet = await openFleet({ inventory, sshConfig: 'none', warn: (line) => said.push(line) })
  const asked = await questionHosts('audit', v.object({}), fleet, () => ({ facts: hostFacts }))
  const connect = await fleet.reach(asked.hosts.map(({ host }) => host))
  for (let time = 0; time < times; time += 1) {
    const { hosts: results } = await askOnly('audit', asked.hosts, elsewhere(connect, at), fleet.bounds)
    for (const { status, error } of results) assert.equal([status, error], ['ok', undefined])
  }
  fleet.close()
  return said
}

test('an unknown release is reported once for all its hosts', async () => {
  assert.equal(await warnings({ mx1: FORKY, mx2: NOBLE, mx3: TRIXIE, mx4: FORKY }), [
    `mx1 and mx4: ${treated('debian 14 (forky)')}`,
    `mx2: ${treated('ubuntu 24.04 (noble)')}`,
  ])
})

test('a command that asks its hosts several times reports it once', async () => {
  assert.equal(await warnings({ mx1: FORKY }, 2), [`mx1: ${treated('debian 14 (forky)')}`])
})

test('of known releases nothing is reported', async () => {
  assert.equal(await warnings({ mx1: TRIXIE }), [])
})

test.run()
