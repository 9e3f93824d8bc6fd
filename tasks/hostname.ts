// Task `hostname`: the host has its name, in /etc/hostname and in the kernel.
import { replaceFile } from '../src/resources/files/replace-file.ts'
import { utf8 } from '../src/core/probe/answer.ts'
import { required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact, factAbout } from '../src/core/task/fact.ts'
import { change } from '../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../src/core/probe/probe.ts'
import { isKnown, type Known } from '../src/core/unknown.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw, type Script } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface HostnameArgs {
  /** A host name after RFC 1123: a short name or, as Postfix likes it, the full one. 64 bytes at most (hostname(7)). */
  readonly hostname: string
}

export interface HostnameState {
  /** What /etc/hostname says; empty where it is missing. */
  readonly file: Known<string>
  readonly kernel: Known<string>
}

/**
 * hostname(7): /etc/hostname and the running kernel. /etc/hosts is left alone: manage its line with `lineInFile`.
 *
 * @ansible hostname
 */
export const hostname = defineTask<HostnameArgs, HostnameState>({
  type: 'hostname',
  name: ({ hostname }) => hostname,
  arguments: {
    hostname: required(text),
  },
  check: ({ hostname }) =>
    hostname.length <= 64 && hostname.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
      ? undefined
      : `hostname must be a host name of at most 64 letters, digits, hyphens and dots, got ${JSON.stringify(hostname)}`,
  probe: () => hostnameProbe,
  plan({ hostname: wanted }, { file, kernel }) {
    const was = (now: Known<string>): string => (isKnown(now) && now !== '' ? `${now} → ` : '')
    return change(
      [
        ...(file === wanted
          ? []
          : [
              {
                summary: `/etc/hostname ${was(file)}${wanted}`,
                apply: writeHostname(wanted),
              },
            ]),
        ...(kernel === wanted ? [] : [{ summary: `kernel ${was(kernel)}${wanted}`, apply: sh`hostname -- ${wanted}` }]),
      ],
      { file: wanted, kernel: wanted },
    )
  },
  writes: () => ['hostname:', 'path:/etc/hostname'],
  owns: () => ['hostname:', 'content:/etc/hostname'],
  examples: [{ title: 'The full name', args: { hostname: 'mx1.example.org' } }],
})

const writeHostname = (name: string): Script =>
  replaceFile({
    path: '/etc/hostname',
    content: Buffer.from(`${name}\n`),
    secret: false,
    owner: 'root',
    group: 'root',
    mode: '0644',
    validate: undefined,
    backup: undefined,
  }).apply

const hostnameProbe: Probe<HostnameState> = defineProbe<HostnameState>({
  key: 'hostname',
  reads: ['hostname:', 'path:/etc/hostname'],
  script: raw(`
read -r f 2>/dev/null < /etc/hostname
read -r k < /proc/sys/kernel/hostname
printf '%s\\n%s\\n' "$f" "$k"
${END}`),
  parse(answer) {
    const [file = '', kernel = ''] = utf8(whole(answer, 'the host name cannot be asked for')).split('\n')
    return { file, kernel }
  },
  facts: ({ kernel }) => [fact('hostname', '', kernel)],
  foresee(_, known) {
    const named = factAbout(known, 'hostname', '')
    return named ? { file: named.value, kernel: named.value } : undefined
  },
})
