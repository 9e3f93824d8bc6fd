// How mail is signed, and what of a stream breaks the promise that it stays so.
import { isTaken, type StreamMessage } from '../lab/mail-stream.ts'

/** How mail of each sender is signed on each way: `WAY SENDER` → signatures that every one of its messages has. */
export type Signed = ReadonlyMap<string, readonly string[]>

export function commonSignatures(messages: readonly StreamMessage[]): Signed {
  const common = new Map<string, readonly string[]>()
  for (const { way, sender, signatures } of messages) {
    const before = common.get(`${way} ${sender}`) ?? signatures
    common.set(`${way} ${sender}`, [...new Set(before.filter((each) => signatures.includes(each)))])
  }
  return common
}

/** Each kind of fault once, with how many there were. */
export function mailFaults(signed: Signed, messages: readonly StreamMessage[], held: number): readonly string[] {
  const counts = new Map<string, number>()
  const note = (fault: string): unknown => counts.set(fault, (counts.get(fault) ?? 0) + 1)
  for (const message of messages) {
    const { way, sender, signatures } = message
    if (!isTaken(message)) note(`${way}: ${message.reply.replaceAll(/[0-9A-Za-z]{10,}/g, '…')}`)
    else if (!message.arrived) note(`${way} ${sender}: lost`)
    else
      for (const each of signed.get(`${way} ${sender}`) ?? [])
        if (!signatures.includes(each)) note(`${way} ${sender}: was signed with ${each}, then ${reported(signatures)}`)
  }
  const faults = [...counts].map(([fault, count]) => `${count} × ${fault}`)
  return held > 0 ? [...faults, `${held} × sendmail: held by a milter`] : faults
}
const reported = (signatures: readonly string[]): string =>
  signatures.length === 0 ? 'not' : `with ${signatures.join(', ')}`
