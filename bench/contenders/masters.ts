// Master connections of ssh to all hosts of a fleet, as users have them who set ControlMaster and ControlPersist.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { timed } from '../timed.ts'
import { optionsOf } from './by-hand.ts'
import type { Fleet } from './job.ts'

/** @param use - is given the ssh_config that leads through them. They are ended after it. */
export async function withMasters<T>(fleet: Fleet, use: (config: string) => Promise<T>): Promise<T> {
  const config = join(fleet.folder, 'masters.conf')
  writeFileSync(config, `Host *\n  ControlMaster auto\n  ControlPersist 600\n  ControlPath ${fleet.folder}/m-%C\n`)
  // Its outputs are nobody's: a master keeps them open.
  await each(fleet, config, '', 'true >/dev/null 2>&1')
  try {
    return await use(config)
  } finally {
    await each(fleet, config, '-q -O exit', '')
  }
}

async function each(fleet: Fleet, config: string, words: string, command: string): Promise<void> {
  const lines = fleet.hosts.map(
    ({ user, address }) => `ssh ${optionsOf(fleet, config)} ${words} ${user}@${address} ${command}`,
  )
  await timed(fleet.controller.there({ words: ['sh', '-euc', lines.join('\n')], cwd: '/', env: {}, wanted: [0] }))
}
