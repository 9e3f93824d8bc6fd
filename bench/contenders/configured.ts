// `mailrun playbooks/dkim.ts` with nothing to do on one host of the lab, with the ssh_config files that it is given.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from '../alternate.ts'
import { MAIN, ROOT } from '../root.ts'
import { timed, type Command } from '../timed.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import type { Fleet } from './job.ts'

/** The value of `--ssh-config` for no file. */
export const NONE = 'none'

/**
 * The inventory has no options for ssh, because with such options mailrun starts `ssh -G` even without a file.
 *
 * @param configs - the name of each contender, and its ssh_config or {@link NONE}
 */
export function configured({ lab, folder }: Fleet, configs: ReadonlyMap<string, string>): readonly Contender[] {
  const inventory = join(folder, 'one-host.yaml')
  const { name, address, user } = lab.hosts[0]!
  const host = { ansible_host: address, ansible_user: user, ansible_ssh_private_key_file: lab.userKey }
  const vars = { domains: ['fleet.test', 'example.test'] }
  writeFileSync(inventory, JSON.stringify({ mail: { hosts: { [name]: host }, vars } }))
  const command = (file: string): Command => ({
    words: [
      process.execPath,
      MAIN,
      'playbooks/dkim.ts',
      '-i',
      inventory,
      '--known-hosts',
      join(lab.stateDir, 'known_hosts'),
      '--ssh-config',
      file,
      '--format',
      'json',
    ],
    cwd: ROOT,
    env: {},
    wanted: [0],
  })
  return [...configs].map(([who, file]) => ({
    who,
    turns: 1,
    async run() {
      const { seconds, cpuSeconds, stdout } = await timed(command(file))
      const { hosts } = JSON.parse(stdout) as RunDocument
      if (hosts.length !== 1 || hosts[0]!.status !== 'ok') throw new Error(`something was to do: ${stdout}`)
      return { ms: seconds * 1000, 'CPU ms': cpuSeconds * 1000 }
    },
  }))
}
