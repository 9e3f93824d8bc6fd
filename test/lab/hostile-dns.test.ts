// A name server on the way that forges answers, in front of a real BIND: it decides nothing about other names, and an
// update with the TSIG key says what mailrun says. Has a lab of its own.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { project, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { hostileServer, mxRecord, rawReply, type HostileServer } from '../unit/dns/hostile-server.ts'
import { inventoryWithoutDns } from './inventory-without-dns.ts'
import { nameLab } from './own-lab.ts'

nameLab('hostiledns')
const lab = await import('../../lab/index.ts')
const test = suite('lab: hostile name servers')

const PARKED = 'parked.fleet.test'
/** The true exchange, and what nsupdate would take for commands. */
const INJECTED = [
  'mx1.fleet.test.',
  'update delete www.fleet.test. A',
  'update add www.fleet.test. 60 A 6.6.6.6',
  '; x',
].join('\n')

let here: Project
let dns: Awaited<ReturnType<typeof lab.dns>>
let between: HostileServer
/** Datagrams in place of BIND's. */
let forged: (question: Buffer) => readonly Uint8Array[]

/** Passes on what it does not forge. */
const hostileBetween = (): Promise<HostileServer> =>
  hostileServer({
    udp: (question) => forged(question),
    tcp: (socket) => {
      const upstream = connect({ host: dns.primary, port: 53 })
      upstream.on('error', () => socket.destroy())
      socket.pipe(upstream)
      upstream.pipe(socket)
    },
    pass: (question, answer) => {
      const socket = createSocket('udp4')
      socket.on('message', (datagram) => {
        answer(datagram)
        socket.close()
      })
      socket.send(question, 53, dns.primary)
    },
  })

const isAbout = (question: Buffer, name: string, type: number): boolean => {
  const end = question.indexOf(0, 12)
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return question.subarray(12, end).equals(Buffer.concat(labels)) && question.readUInt16BE(end + 1) === type
}

const program = (name: string, words: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(name, words, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${stdout}${stderr}`)),
    )
    child.stdin?.end(input)
  })
const dig = async (name: string, type: string): Promise<string> =>
  (await program('dig', ['+short', '+norecurse', `@${dns.primary}`, name, type])).trim()
const updated = (...lines: readonly string[]): Promise<string> =>
  program('nsupdate', ['-k', dns.keyFiles.lab], [`server ${dns.primary}`, ...lines, 'send', ''].join('\n'))

const mailrun = (...words: readonly string[]): Promise<Ended> =>
  here.mailrun('dns', ...words, '-i', inventoryWithoutDns(lab.inventoryPath), '-i', 'dns.yaml')

test.before(async () => {
  here = project({})
  await lab.labUp({ size: 1, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
  between = await hostileBetween()
  const server = `${between.address}:${between.port}`
  const zone = { servers: [server], primary: server, via: 'nsupdate', key_file: dns.keyFiles.lab }
  const vars = {
    domains: ['fleet.test'],
    null_domains: [PARKED, 'idle.fleet.test'],
    outgoing_addresses: ['192.0.2.1'],
    dns_ttl: 60,
  }
  writeFileSync(
    join(here.folder, 'dns.yaml'),
    JSON.stringify({
      mail: { vars: { ...vars, dns: { resolvers: [dns.resolver], zones: { 'fleet.test': zone } } } },
    }),
  )
})
test.after(async () => {
  await lab.labDown()
  await between.close()
  here.remove()
})
test.before.each(async () => {
  forged = () => []
  await updated(
    `update delete ${PARKED}. MX`,
    `update add ${PARKED}. 60 MX 10 mx1.fleet.test.`,
    'update delete www.fleet.test. A',
    'update add www.fleet.test. 60 A 192.0.2.80',
  )
})

test('an MX record with commands in it changes no other name', async () => {
  forged = (question) =>
    isAbout(question, PARKED, 15) ? [rawReply(question, [mxRecord(10, INJECTED.split('.'))])] : []
  const { stdout, stderr } = await mailrun('push', '--yes', '--wait', '0')
  assert.is(await dig('www.fleet.test', 'A'), '192.0.2.80', stdout + stderr)
  assert.is(await dig(PARKED, 'MX'), '10 mx1.fleet.test.', 'the set is not what was forged: nothing is done to it')
  assert.match(stdout, /^outdated {2}fleet\.test: .*\n {4}parked\.fleet\.test MX$/m)
  assert.not.match(stdout, /^update/m)
  assert.is(await dig('idle.fleet.test', 'MX'), '0 .', 'other records go on')
})

test('MX records of every byte are names that nsupdate reads, and that are not there', async () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte)
  const label = (from: number): Buffer => Buffer.from(bytes.slice(from, from + 43))
  const records = [0, 129].map((from) => mxRecord(10, [label(from), label(from + 43), label(from + 86), 'test']))
  forged = (question) => (isAbout(question, PARKED, 15) ? [rawReply(question, records)] : [])
  const { stdout, stderr } = await mailrun('push', '--yes', '--wait', '0')
  assert.match(stdout, /^outdated {2}fleet\.test: .*NXRRSET.*\n {4}parked\.fleet\.test MX$/m, stdout + stderr)
  assert.is(await dig(PARKED, 'MX'), '10 mx1.fleet.test.')
})

test('guesses that flood do not get in: TCP is asked', async () => {
  forged = (question) => {
    if (!isAbout(question, PARKED, 15)) return []
    const guess = rawReply(question, [mxRecord(10, ['evil', 'test'])])
    return Array.from({ length: 300 }, (_, index) => {
      const each = Buffer.from(guess)
      each.writeUInt16BE((question.readUInt16BE(0) + 1 + index) & 0xffff, 0)
      return each
    })
  }
  const { stdout, stderr } = await mailrun('push', '--yes', '--wait', '0')
  assert.match(stdout, /^pushed {2}parked\.fleet\.test MX$/m, stdout + stderr)
  assert.is(await dig(PARKED, 'MX'), '0 .')
})

test.run()
