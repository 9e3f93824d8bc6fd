// Sends updates from this machine with nsupdate(1) and a TSIG key. Neither the secret nor the update is an argument of
// a program.
import { access, constants } from 'node:fs/promises'
import pLimit from 'p-limit'
import { absolute } from '../../../inventory/address.ts'
import { addressText } from '../../../mail/formats/dns-text.ts'
import { MailrunError } from '../../../core/mailrun-error.ts'
import { runProgram } from '../../../programs/run-program.ts'
import { maskOf } from '../../../shell/mask.ts'
import { UPDATE_BYTES, UPDATE_SECONDS } from '../../bounds/bounds.ts'
import type { UpdateOutcome } from '../backend.ts'
import type { NameServer } from '../../lookup/name-server.ts'
import type { Said } from '../said.ts'
import type { WrittenChange } from '../written-change.ts'
import { isUnreadKey, updateOutcome } from './nsupdate-words.ts'
import { WANTED, type SigningKey } from './tsig-key.ts'
import { noUpdate, updateScript, type UpdateScript } from './update-script.ts'

const AT_ONCE = 4
const SECONDS = 20

/** In the order of the changes. Each is a message of its own, so one that is refused holds up no other. */
export async function pushFromHere(
  changes: readonly WrittenChange[],
  primary: NameServer,
  key: SigningKey,
): Promise<readonly UpdateOutcome[]> {
  const limit = pLimit(AT_ONCE)
  const send = async (change: WrittenChange): Promise<UpdateOutcome> => {
    let outcome: UpdateOutcome = { kind: 'failed', why: 'no address' }
    for (const { address, port } of primary.addresses) {
      const script = updateScript(change, { address: addressText(address), port }, lineOf(key))
      // TCP (`-v`): an update that is sent twice because an answer got lost would meet its own doing.
      outcome = updateOutcome(await nsupdate(['-v', '-t', String(SECONDS)], key, script))
      if (outcome.kind !== 'failed' || !outcome.why.startsWith('no answer')) break
    }
    return outcome
  }
  return Promise.all(changes.map((change) => limit(() => send(change))))
}

/** What can be known before anything is sent. @throws MailrunError */
export async function readyToPush(key: SigningKey): Promise<void> {
  if (key.kind === 'file') {
    await access(absolute(key.path), constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'is not there' : `cannot be read: ${error.message}`
      throw new MailrunError(`${shown(key)} ${why}`)
    })
  }
  const { output, code } = await nsupdate([], key, noUpdate(lineOf(key))).catch(() => {
    throw new MailrunError('the program nsupdate is needed on this machine: apt install bind9-dnsutils')
  })
  const isRefused = key.kind === 'file' ? isUnreadKey(output) : code !== 0
  if (isRefused) throw new MailrunError(`${shown(key)} cannot be read as one: ${WANTED}`)
}

const shown = (key: SigningKey): string =>
  key.kind === 'file' ? `the TSIG key ${absolute(key.path)} (dns.key_file)` : 'the TSIG key of dns.key'

const lineOf = (key: SigningKey) => (key.kind === 'value' ? key.key.reveal() : undefined)

/** nsupdate quotes what it cannot read. */
async function nsupdate(words: readonly string[], key: SigningKey, script: UpdateScript): Promise<Said> {
  if (key.kind === 'file') return run([...words, '-k', absolute(key.path)], script)
  const said = await run(words, script)
  const secret = key.key.reveal()
  return { ...said, output: maskOf([secret, secret.split(' ').at(-1)!])(said.output) }
}

/** No more of it is read than an update takes: it repeats what name servers say. */
async function run(words: readonly string[], input: UpdateScript): Promise<Said> {
  const { code, stdout, ended } = await runProgram('nsupdate', words, {
    seconds: UPDATE_SECONDS,
    bytes: UPDATE_BYTES,
    input,
    env: { ...process.env, LC_ALL: 'C' },
    together: true,
  })
  return { code: code ?? 1, output: stdout, ...(ended === undefined ? {} : { ended: `nsupdate ${ended}` }) }
}
