// The messages of `mailrun verify --deliver`. Each says what it is and who asked for it, and has a nonce by which it is
// found.
import type { DeliveryPath } from '../proof/proof.ts'

export interface DeliveryMessage {
  readonly path: DeliveryPath
  /** Of From, and of MAIL FROM. */
  readonly domain: string
  /** A word for this message alone. */
  readonly nonce: string
  /** MAIL FROM; empty where the host is to say it itself. */
  readonly sender: string
  /** What MAIL FROM then is. */
  readonly envelope: string
  /** RCPT TO. */
  readonly recipient: string
  /** With LF. */
  readonly text: string
}

export interface DeliveryRequest {
  /** The host's name in the inventory. */
  readonly host: string
  /** Where the mail is to go. */
  readonly address: string
  /** Who asked for it. */
  readonly asker: string
  readonly date: Date
}

/** The nonces of a run begin with a word of its own, by which all its mail is found. */
export const deliveryNonce = (run: string, index: number): string => `${run}${index.toString(16).padStart(4, '0')}`

const HOW: Readonly<Record<DeliveryPath, string>> = {
  sendmail: 'by sendmail(1)',
  smtp: 'by SMTP to its port 25',
  submission: 'by SMTP to its port 587',
  root: 'by sendmail(1) as root, as cron sends',
  bounce: 'to a user that it does not have, so that it sends a bounce',
}

/** @param local - of the domain that the host holds for its own: where a bounce comes from. */
export function deliveryMessage(
  request: DeliveryRequest,
  path: DeliveryPath,
  domain: string,
  nonce: string,
  local: string,
): DeliveryMessage {
  const { host, address, asker, date } = request
  const from = path === 'bounce' ? address : path === 'root' ? 'root' : `postmaster@${domain}`
  const recipient = path === 'bounce' ? `mailrun${nonce}@${local}` : address
  const text = [
    `From: ${from}`,
    `To: ${recipient}`,
    `Subject: mailrun verify ${nonce}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <mailrun-${nonce}@${domain}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'A message of "mailrun verify --deliver", sent to see how mail arrives.',
    '',
    `From:   ${domain}`,
    `Host:   ${plain(host)}, ${HOW[path]}`,
    `By:     ${plain(asker)}`,
    `Nonce:  ${nonce}`,
    '',
    'The fields Authentication-Results in its header say what your mail server',
    'makes of it. Nothing is to be done; it can be deleted.',
    '',
  ].join('\n')
  return {
    path,
    domain,
    nonce,
    sender: path === 'root' ? '' : from,
    envelope: path === 'root' ? `root@${domain}` : from,
    recipient,
    text,
  }
}

/** A line of an ASCII message. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)
