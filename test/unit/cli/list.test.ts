// --list-hosts and --list-tasks, as text and as JSON.
import * as assert from 'uvu/assert'
import { listHosts, listTasks, type Listing } from '../../../src/cli/terminal/list.ts'
import type { PreparedHost } from '../../../src/model/prepared-host.ts'
import { directory } from '../../../tasks/directory.ts'
import { addressOf } from '../../../src/inventory/address.ts'
import { suite } from '../../suite.ts'

const test = suite('cli/list')

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

test('hosts are a name a line, or one document', () => {
  assert.is(listHosts(listing, 'text'), 'mx1\nmx2\nmx3\n')
  assert.equal(JSON.parse(listHosts(listing, 'json')), { playbook: 'dkim', hosts: ['mx1', 'mx2', 'mx3'] })
})

test('hosts with the same tasks are told together; no escape gets through', () => {
  assert.is(
    listTasks(listing, 'text'),
    'mx1 and mx2:\n  directory /a  [keys]\n  directory /b  [keys]\n\nmx3:\n  no tasks\n',
  )
})

test('as JSON each host has its tasks; ndjson is one line', () => {
  const document = JSON.parse(listTasks(listing, 'json')) as { hosts: unknown[] }
  assert.equal(document.hosts[2], { name: 'mx3', tasks: [] })
  assert.is(listTasks(listing, 'ndjson').trimEnd().split('\n').length, 1)
})

test.run()
