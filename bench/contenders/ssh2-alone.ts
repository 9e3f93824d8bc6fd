// The floor that the library sets: a process of Node that connects to every host by ssh2 and runs `true`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from '../alternate.ts'
import { BARE_SSH2 } from '../bench.ts'
import { ROOT } from '../root.ts'
import { contender, type Fleet } from './job.ts'

export function ssh2Alone(fleet: Fleet, turns: number): Contender {
  const { lab, hosts, folder } = fleet
  const input = join(folder, 'ssh2-alone.json')
  writeFileSync(
    input,
    JSON.stringify({
      hosts: hosts.map(({ address, user }) => ({ address, port: 22, user })),
      keyFile: lab.userKey,
      atOnce: 32,
    }),
  )
  return contender(
    BARE_SSH2,
    fleet,
    turns,
    () => ({
      words: [
        'sh',
        '-c',
        'exec "$0" "$1" <"$2"',
        process.execPath,
        join(ROOT, 'dist/bench/contenders/ssh2-alone-program.js'),
        input,
      ],
      cwd: ROOT,
      env: {},
      wanted: [0],
    }),
    () => {},
  )
}
