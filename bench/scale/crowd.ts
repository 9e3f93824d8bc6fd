// Many hosts that are one: a host of the lab has every address of a network. Each connection gets its own sshd and
// shell.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { benchLab } from '../bench-lab.ts'

const run = promisify(execFile)

/** A network that no lab uses: labs have 10.231. */
const NETWORK = '10.232'
const HOST = 'mx1'
/**
 * Settings without which sshd would refuse more than ten handshakes at once, and pam_systemd would make the sessions of
 * logins one after the other.
 */
const SSHD = 'MaxStartups 2000\n'

export interface Crowd {
  /** An inventory of the first `size` of them, in the group `mail`. */
  inventory(size: number): string
  addresses(size: number): readonly string[]
  readonly keyFile: string
  /** It is removed when the benchmark ends. */
  readonly folder: string
}

const addressOf = (index: number): string => `${NETWORK}.${Math.floor(index / 250) + 1}.${(index % 250) + 1}`
const addresses = (size: number): readonly string[] => Array.from({ length: size }, (_, index) => addressOf(index))

/** @param use - is called while the host takes the part of all hosts */
export async function withCrowd<T>(use: (crowd: Crowd) => Promise<T>): Promise<T> {
  const lab = await benchLab()
  await lab.labPrograms({ time: '/usr/bin/time' })
  await lab.labUp({ size: 1, tools: false, wire: { rttMs: 0, lossPercent: 0 } })
  const { userKey } = await lab.labStatus()
  await lab.hostExec(
    HOST,
    `printf ${JSON.stringify(SSHD).replace('\\n', '\\\\n')} > /etc/ssh/sshd_config.d/crowd.conf; systemctl reload ssh`,
  )
  // Every address of the network belongs to the host.
  await run('nsenter', [
    '--target',
    String(await lab.hostLeader(HOST)),
    '--net',
    'ip',
    'route',
    'replace',
    'local',
    `${NETWORK}.0.0/16`,
    'dev',
    'lo',
  ])
  await run('ip', ['route', 'replace', `${NETWORK}.0.0/16`, 'via', await lab.address(HOST)])
  const { stdout: hostKey } = await lab.hostExec(HOST, 'cut -d " " -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub')
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
  try {
    const inventory = (size: number): string => {
      const [path, knownHosts] = [join(folder, `${size}.yaml`), join(folder, `known_hosts-${size}`)]
      writeFileSync(
        knownHosts,
        addresses(size)
          .map((address) => `${address} ${hostKey.trim()}\n`)
          .join(''),
      )
      writeFileSync(
        path,
        [
          'mail:',
          '  vars:',
          '    ansible_user: root',
          `    ansible_private_key_file: ${JSON.stringify(userKey)}`,
          `    ansible_ssh_common_args: ${JSON.stringify(`-o UserKnownHostsFile=${knownHosts}`)}`,
          '    domains: [fleet.test, example.test]',
          '  hosts:',
          ...addresses(size).map((address, index) => `    mx${index + 1}: { ansible_host: ${address} }`),
          '',
        ].join('\n'),
      )
      return path
    }
    return await use({ inventory, addresses, keyFile: userKey, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await run('ip', ['route', 'delete', `${NETWORK}.0.0/16`]).catch(() => {})
  }
}
