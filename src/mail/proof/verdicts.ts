// The verdicts of a proof that are no findings, and the function that makes a verdict of each status.
import type { Cause } from '../../findings/cause.ts'
import { PROOF_KINDS, type ProofFindingId } from './findings.ts'
import type { Verdict } from './proof.ts'

/** Verdicts that are as they must be: no findings. */
export const GOOD_VERDICTS = {
  signed: 'signed, and verified by every server',
  verified: 'for one server: its key verifies the signature',
  'outsider-unsigned': "a stranger's mail is not signed",
  'spf-pass': 'SPF allows the address to send',
  'dmarc-pass': 'DMARC passes; the message says by what',
  fcrdns: 'address and names agree',
} as const

/** What happened to messages that were really sent (`mailrun verify --deliver`). */
export const DELIVERY_VERDICTS = {
  arrived: 'it arrived, and spf, dkim and dmarc passed at the receiver',
  taken: 'another server accepted it; its results were not read',
  'dkim-none': 'it arrived unsigned (for a record: there is none)',
  'dkim-fail': 'it arrived, and its signature does not verify',
  'dkim-neutral': 'it arrived, and its signature does not verify',
  'dkim-permerror': 'it arrived, and its signature or its key cannot be used',
  'dkim-policy': 'it arrived, and the receiver does not accept its signature',
  'other-selector': "it arrived, signed with a key that is not the host's",
  'no-results': 'it arrived, and the receiver did not verify all three',
  'put-off': "the host's own Postfix or a milter defers it",
  refused: "the host's own Postfix or a milter refuses it",
  bounced: 'another server refuses it, or it cannot be sent',
  deferred: 'it still waits on the host',
  'not-left': 'the host delivered it itself',
  'not-received': 'another server accepted it, and it is not in the mailbox',
  'not-told': 'nobody knows what happened to it',
  'left-out': 'it was not sent this way; the verdict says why',
  'not-sent': 'it was not sent, because of --check or an interruption',
} as const

/** A verdict that passes. */
export const passed = (id: keyof typeof GOOD_VERDICTS, what: string): Verdict => ({ status: 'pass', id, what })

/**
 * What is wrong.
 *
 * @param advice - left out: the remedy of the finding
 * @param cause - left out: it has none in common with others
 */
export const failed = (
  id: ProofFindingId,
  what: string,
  advice: string = PROOF_KINDS[id].remedy,
  cause?: Cause,
): Verdict => ({ status: 'fail', id, what, advice, ...(cause === undefined ? {} : { cause }) })

/** What could not be found out. @param advice - left out: the remedy of the finding */
export const unknown = (id: ProofFindingId, what: string, advice?: string): Verdict => ({
  ...failed(id, what, advice),
  status: 'unknown',
})
