// --list-hosts and --list-tasks, as text and as JSON.
import * as assert from 'uvu/assert'
import { LIST_FORMATS } from '../../../../src/report/list/formats.ts'
import { listedHosts, listedTasks, type Listing } from '../../../../src/report/list/listing.ts'
import { loadFormat } from '../../../../src/report/registry.ts'
import type { PreparedHost } from '../../../../src/core/fleet/prepared-host.ts'
import { directory } from '../../../../tasks/directory.ts'
import { addressOf } from '../../../../src/inventory/address.ts'
import { suite } from '../../../suite.ts'

const test = suite('report/list')

const prepared = (name: string, paths: readonly string[]): PreparedHost => ({
  host: {
    name,
    groups: [],
    vars: new Map(),
    connection: new Map(),
    where: 'inventory.yaml:1',
    address: addressOf(name, new Map()),
  },
  tasks: paths.map((path) => directory({ path, tags: ['keys'] })),
  outputs: {},
  secrets: [],
  source: () => new Uint8Array(),
})
const listing: Listing = {
  playbook: 'dkim',
  hosts: [prepared('mx1', ['/a', '/b\u001b[2J']), prepared('mx2', ['/a', '/b\u001b[2J']), prepared('mx3', [])],
}

const [text, json, ndjson] = await Promise.all(['text', 'json', 'ndjson'].map((name) => loadFormat(LIST_FORMATS, name)))

test('hosts are a name a line, or one document', () => {
  assert.is(text!.hosts(listedHosts(listing)), 'mx1\nmx2\nmx3\n')
  assert.equal(JSON.parse(json!.hosts(listedHosts(listing))), { playbook: 'dkim', hosts: ['mx1', 'mx2', 'mx3'] })
})

test('hosts with the same tasks are reported together; no escape gets through', () => {
  assert.is(
    text!.tasks(listedTasks(listing)),
    'mx1 and mx2:\n  directory /a  [keys]\n  directory /b  [keys]\n\nmx3:\n  no tasks\n',
  )
})

test('as JSON each host has its tasks; ndjson is one line', () => {
  const document = JSON.parse(json!.tasks(listedTasks(listing))) as { hosts: unknown[] }
  assert.equal(document.hosts[2], { name: 'mx3', tasks: [] })
  assert.is(ndjson!.tasks(listedTasks(listing)).trimEnd().split('\n').length, 1)
})

test.run()
