// Writes the result of `mailrun exec` as JSON.
import type { ExecutedHost, Execution } from '../../resources/command/execution.ts'
import { jsonDocument } from '../write/json.ts'
import type { ExecFormat } from './format.ts'

export const format: ExecFormat = {
  language: 'json',
  about: 'programs: one document at the end',
  write: ({ command, hosts, interrupted, seconds }) =>
    jsonDocument({ command, interrupted, hosts: hosts.map(hostDocument), seconds: round(seconds) }),
}

/** `stdoutBytes` is all that came, where `stdout` is but its beginning. */
export function hostDocument({ name, status, ran, error }: ExecutedHost): object {
  if (ran === undefined) return { name, status, error }
  const { code, timedOut, stdout, stderr } = ran
  return {
    name,
    status,
    exitStatus: code,
    timedOut,
    stdout: stdout.text,
    stderr: stderr.text,
    ...(stdout.isCut ? { stdoutBytes: stdout.bytes } : {}),
    ...(stderr.isCut ? { stderrBytes: stderr.bytes } : {}),
  }
}

const round = (seconds: Execution['seconds']): number => Math.round(seconds * 1000) / 1000
