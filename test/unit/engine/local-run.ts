// What the run of one host needs, for tests that run it on this machine.
import type { Host } from '../../../src/core/fleet/host.ts'
import { askNobody } from '../../../src/engine/outside.ts'
import type { RunOptions } from '../../../src/engine/run-options.ts'
import { addressOf } from '../../../src/inventory/address.ts'

/** A signal that never comes. */
export const never: RunOptions['interrupt'] = new AbortController().signal

export const runOptions = (over: Partial<RunOptions>): RunOptions => ({
  playbook: 'p',
  check: false,
  forks: 1,
  serial: [],
  maxFail: undefined,
  askOutside: askNobody,
  interrupt: never,
  abandon: never,
  ...over,
})

export const host: Host = {
  name: 'here',
  groups: [],
  vars: new Map(),
  connection: new Map(),
  address: addressOf('here', new Map()),
  where: 'test:1',
}
