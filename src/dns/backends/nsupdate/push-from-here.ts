// Sends updates from this machine, by nsupdate(1) with a TSIG key. The secret is in no argument, and the update on no
// command line.
import { access, constants } from 'node:fs/promises'
import pLimit from 'p-limit'
import { addressText } from '../../../mail/dns-text/dns-text.ts'
import { MailrunError } from '../../../model/mailrun-error.ts'
import { boundedProgram } from './bounded-program.ts'
import type { NameServer } from '../../lookup/name-server.ts'
import { isUnreadKey, updateOutcome, type Said, type UpdateOutcome } from './update-outcome.ts'
import { NO_UPDATE, updateScript, type UpdateScript } from './update-script.ts'
import type { WrittenChange } from '../written-change.ts'

const AT_ONCE = 4
const SECONDS = 20

/** In the order of the changes. Each is a message of its own, so one that is refused holds up no other. */
export async function pushFromHere(
  changes: readonly WrittenChange[],
  primary: NameServer,
  keyFile: string,
): Promise<readonly UpdateOutcome[]> {
  const limit = pLimit(AT_ONCE)
  const send = async (change: WrittenChange): Promise<UpdateOutcome> => {
    let outcome: UpdateOutcome = { kind: 'failed', why: 'no address' }
    for (const { address, port } of primary.addresses) {
      const script = updateScript(change, { address: addressText(address), port })
      outcome = updateOutcome(await nsupdate(keyFile, script))
      if (outcome.kind !== 'failed' || !outcome.why.startsWith('no answer')) break
    }
    return outcome
  }
  return Promise.all(changes.map((change) => limit(() => send(change))))
}

/** What can be known before anything is sent. @throws MailrunError */
export async function readyToPush(keyFile: string): Promise<void> {
  const key = `the TSIG key ${keyFile} (dns.key_file)`
  await access(keyFile, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'is not there' : `cannot be read: ${error.message}`
    throw new MailrunError(`${key} ${why}`)
  })
  const { output } = await boundedProgram('nsupdate', ['-k', keyFile], NO_UPDATE).catch(() => {
    throw new MailrunError('the program nsupdate is needed on this machine: apt install bind9-dnsutils')
  })
  if (isUnreadKey(output)) {
    throw new MailrunError(
      `${key} cannot be read as one: what tsig-keygen writes is wanted, ` +
        'key "NAME" { algorithm hmac-sha256; secret "…"; };',
    )
  }
}

/** TCP (`-v`): an update that is sent twice because an answer got lost would meet its own doing. */
const nsupdate = (keyFile: string, script: UpdateScript): Promise<Said> =>
  boundedProgram('nsupdate', ['-v', '-t', String(SECONDS), '-k', keyFile], script)
