// Holds the reader of OpenDKIM's configuration against real daemons in a lab host.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Lab from '../../lab/index.ts'
import {
  opendkimConfiguration,
  signaturesOf,
  type FileText,
  type OpendkimConfiguration,
} from '../../src/signers/opendkim/configuration/index.ts'
import { isSigned, type Signature } from '../../src/signers/opendkim/configuration/signatures.ts'
import { quote } from '../../src/shell/quote.ts'
import { SENDERS, type Configuration } from './generate.ts'
import { INLINE, PLACE } from './names.ts'
import { ORACLE } from './oracle-program.ts'

/** What is reported for each sender: `signed d s i/…`, `fails`, or of the reader `unknown …`. */
export interface Verdict {
  /** Why the daemon does not start; '' where it does. */
  readonly refused: string
  readonly senders: readonly string[]
}

const hex = (text: string): string => Buffer.from(text).toString('hex')

const linesOf = ({ words, files, keys }: Configuration): string =>
  [
    ...Object.entries(files).map(([path, text]) =>
      text === undefined ? `gone ${hex(path)}` : `file ${hex(path)} ${hex(text)}`,
    ),
    ...keys.map((path) => `key ${hex(path)}`),
    ...words.map((word) => `word ${hex(word)}`),
    'run',
  ].join('\n')

/** Its own daemon does not run afterwards. */
export async function installOpendkim(lab: typeof Lab, host: string): Promise<void> {
  const { code, stderr } = await lab.hostExec(
    host,
    `dpkg-query -W opendkim >/dev/null 2>&1 ||
      DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends opendkim >/dev/null || exit
    systemctl stop opendkim`,
  )
  if (code !== 0) throw new Error(`opendkim cannot be installed in ${host}: ${stderr}`)
}

/** @param host - with OpenDKIM installed; its own daemon may run or not. */
export async function daemonsOf(
  lab: typeof Lab,
  host: string,
  configurations: readonly Configuration[],
  senders: readonly string[] = SENDERS,
): Promise<readonly Verdict[]> {
  const place = join(lab.hostFiles(host), 'root/oracle')
  mkdirSync(place, { recursive: true })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  writeFileSync(join(place, 'key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
  writeFileSync(join(place, 'program.pl'), ORACLE)
  writeFileSync(join(place, 'cases'), `${configurations.map(linesOf).join('\n')}\n`)
  const { code, stdout, stderr } = await lab.hostExec(
    host,
    `install -d -m 0700 ${PLACE}
    [ -e /etc/opendkim.conf ] && cp -p /etc/opendkim.conf /run/mailrun-oracle.conf
    perl /root/oracle/program.pl /root/oracle/cases ${PLACE}/socket ${senders.map(quote).join(' ')}
    code=$?
    rm -rf ${PLACE} /root/oracle
    [ -e /run/mailrun-oracle.conf ] && mv /run/mailrun-oracle.conf /etc/opendkim.conf
    exit $code`,
  )
  if (code !== 0) throw new Error(`the oracle failed: ${stderr}${stdout.slice(-500)}`)
  return stdout
    .split('done\n')
    .slice(0, -1)
    .map((text) => {
      const lines = text.split('\n').filter((line) => line !== '')
      const refused = /^not-started (.*)/.exec(lines[0] ?? '')?.[1] ?? ''
      return { refused, senders: refused === '' ? lines : senders.map(() => 'fails') }
    })
}

function readOf({ words, files }: Configuration): OpendkimConfiguration {
  const reported = [...MISSING.map((path) => [path, undefined] as const), ...Object.entries(files)]
  return opendkimConfiguration({
    words,
    files: new Map<string, FileText>(
      reported.map(([path, text]) => [
        path,
        text === undefined ? { kind: 'absent' } : { kind: 'text', text: text.replaceAll(INLINE, KEPT) },
      ]),
    ),
  })
}

/** A key of 1024 bits in base64, as a host tells it. */
const KEPT = `(key)${'.'.repeat(807)}`

/** What generated configurations name and nobody makes. */
const MISSING = ['/no/such/file', '/x']

export function readerOf(configuration: Configuration, senders: readonly string[] = SENDERS): Verdict {
  const read = readOf(configuration)
  return {
    refused: read.notUnderstood.find(({ refused }) => refused)?.what ?? '',
    senders: senders.map((sender) => {
      const how = signaturesOf(read, sender)
      if (isSigned(how)) return `signed ${how.map(reported).join('/')}`
      return 'fails' in how ? 'fails' : `unknown ${how.unknown}`
    }),
  }
}

const reported = ({ domain, selector, identity = '' }: Signature): string => `${domain} ${selector} ${identity}`.trim()

/** Where reader and daemon do not say the same; '' where they do, or the reader says that it does not know. */
export function differenceOf(
  configuration: Configuration,
  reader: Verdict,
  daemon: Verdict,
  senders: readonly string[] = SENDERS,
): string {
  const isUnknown = (reported: string): boolean => reported.startsWith('unknown')
  const wrong = senders.flatMap((sender, index) => {
    const [read, is] = [reader.senders[index]!, daemon.senders[index]!]
    return read === is || isUnknown(read) ? [] : [`${sender}: reader ${read}, daemon ${is}`]
  })
  const starts = (reader.refused === '') === (daemon.refused === '') || reader.senders.every(isUnknown)
  if (wrong.length === 0 && starts) return ''
  const files = Object.entries(configuration.files).map(([path, text]) => `--- ${path}\n${JSON.stringify(text)}`)
  return [
    `words ${JSON.stringify(configuration.words)}`,
    ...files,
    `reader: ${reader.refused || 'starts'}`,
    `daemon: ${daemon.refused || 'starts'}`,
    ...wrong.slice(0, 5),
  ].join('\n')
}
