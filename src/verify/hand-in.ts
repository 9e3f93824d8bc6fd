// Submits messages to a host's own Postfix, each on its path (sendmail, SMTP, submission), and reads what the host
// answers.
import type { DeliveryMessage } from '../mail/messages/delivery-message.ts'
import { HAND_IN_CLIENT } from './hand-in-client.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** What the host itself said to a message. `closed`: this way is not open, or not without a login. */
export interface HandedIn {
  readonly word: 'taken' | 'off' | 'refused' | 'closed'
  readonly answer: string
}

export interface HandIns {
  /** The host's time before anything was sent, in seconds; `undefined` where it did not tell. */
  readonly since: number | undefined
  /** By nonce; those that it did not tell of are not in it. */
  readonly handed: ReadonlyMap<string, HandedIn>
  /** Why nothing, or not everything, was handed in. */
  readonly problem: string | undefined
}

/** For one message at the most; and for the network besides. */
const [SECONDS, GRACE_SECONDS] = [50, 60] as const

export const handInSeconds = (messages: number): number => messages * SECONDS + GRACE_SECONDS

/** @param mark - ends its here-document. */
export const handInScript = (
  messages: readonly DeliveryMessage[],
  mark: string,
): string => `if ! command -v perl >/dev/null; then echo no-perl; else
timeout -k 5 ${handInSeconds(messages.length) - GRACE_SECONDS / 2} perl - <<'${mark}'
${HAND_IN_CLIENT}__END__
${messages.map(sendLine).join('\n')}
${mark}
fi`

const sendLine = ({ path, sender, recipient, text }: DeliveryMessage, index: number): string =>
  ['send', index, path, hex(sender), hex(recipient), hex(text)].join(' ')

const hex = (text: string): string => Buffer.from(text).toString('hex') || '-'

export function readHandIns(stdout: Untrusted, messages: readonly DeliveryMessage[]): HandIns {
  const handed = new Map<string, HandedIn>()
  for (const [, index, word, answer = '-'] of stdout.matchAll(
    /^handed (\d+) (taken|off|refused|closed) ([0-9a-f]+|-)$/gm,
  )) {
    const message = messages[Number(index)]
    if (message !== undefined) {
      handed.set(message.nonce, {
        word: word as HandedIn['word'],
        answer: answer === '-' ? '' : Buffer.from(answer, 'hex').toString(),
      })
    }
  }
  const since = Number(/^since (\d+)$/m.exec(stdout)?.[1] ?? NaN)
  return { since: Number.isNaN(since) ? undefined : since, handed, problem: problemIn(stdout) }
}

function problemIn(stdout: Untrusted): string | undefined {
  if (/^no-perl$/m.test(stdout)) return 'there is no perl, which mailrun needs to submit messages: install perl-base'
  return /^end$/m.test(stdout) ? undefined : 'its Postfix did not accept the messages in time'
}
