// Opens a connection with a shell to every host of an inventory at the same time, and prints how many kB each takes:
// `node --expose-gc held-program.js INVENTORY`.
import pLimit from 'p-limit'
import { connector } from '../../src/ssh/connector.ts'
import type { Connection } from '../../src/engine/session/connection.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'

const { hosts } = await readFleet({ inventory: process.argv.slice(2) }, new Map(), undefined, keyringFor({}))
const { connect, close } = await connector(hosts, { sshConfig: 'none' })
const never = new AbortController().signal

const open = async (host: (typeof hosts)[number]): Promise<Connection> => {
  const connection = await connect(host, never)
  await connection.exchange({
    script: 'printf "\\nheld end\\n"; printf "\\nheld end\\n" >&2\n',
    end: 'held end',
    onStdout: () => {},
    signal: never,
  })
  return connection
}
const resident = (): number => {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1000
}

// All that is loaded with the first is no connection's.
const first = await open(hosts[0]!)
first.close()
const before = resident()
const limit = pLimit(32)
const held = await Promise.all(hosts.map((host) => limit(() => open(host))))
console.log((resident() - before) / held.length)
for (const connection of held) connection.close()
close()
process.exit(0)
