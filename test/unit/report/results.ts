// Results of hosts for the reporters' tests.
import type { HostResult, RunResult, TaskResult } from '../../../src/core/run-event.ts'

export const task = (part: Partial<TaskResult> & Pick<TaskResult, 'name' | 'status'>): TaskResult => ({
  type: 'file',
  changes: [],
  diffs: [],
  commands: [],
  ...part,
})

export const host = (part: Partial<HostResult> & Pick<HostResult, 'name' | 'status'>): HostResult => ({
  trips: 1,
  seconds: 0.5,
  time: [],
  tasks: [],
  outputs: {},
  ...part,
})

export const run = (hosts: readonly HostResult[], part: Partial<RunResult> = {}): RunResult => ({
  playbook: 'dkim',
  check: false,
  interrupted: false,
  hosts,
  ...part,
})
