// A program that uses only the library ssh2: it connects to each host in the JSON on standard input and runs `exec
// true`, a limited number at once.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { NodeSSH } from 'node-ssh'
import pLimit from 'p-limit'
import { CIPHERS, HOST_KEYS, KEX, MACS } from '../../src/ssh/client/algorithms.ts'

interface Bare {
  readonly hosts: readonly { readonly address: string; readonly port: number; readonly user: string }[]
  readonly keyFile: string
  readonly atOnce: number
}

const { hosts, keyFile, atOnce } = JSON.parse(readFileSync(0, 'utf8')) as Bare
const privateKey = readFileSync(keyFile, 'utf8')
const limit = pLimit(atOnce)

async function bare({ address, port, user }: Bare['hosts'][number]): Promise<void> {
  const ssh = new NodeSSH()
  // A socket without Nagle's delay, and mailrun's algorithms: as quick as the library can be.
  const sock = connect({ host: address, port, noDelay: true })
  const algorithms = { kex: [...KEX], serverHostKey: [...HOST_KEYS], cipher: [...CIPHERS], hmac: [...MACS] }
  await ssh.connect({
    host: address,
    sock,
    username: user,
    privateKey,
    algorithms,
    authHandler: ['publickey'],
    readyTimeout: 60_000,
  })
  const { code } = await ssh.execCommand('true')
  if (code !== 0) throw new Error(`${address}: true ended with ${String(code)}`)
  ssh.dispose()
}

await Promise.all(hosts.map((host) => limit(() => bare(host))))
