// DNS for tests: what names have, by type; answers for our walks and for mailauth.
import type { DnsAnswer, DnsQuestion } from '../../../src/mail/records/dns-walk.ts'

/** By `name TYPE`; a name that has nothing of any type does not exist. `SERVFAIL` as a value: no answer. */
export type Answers = Readonly<Record<string, readonly string[]>>

const named = (answers: Answers, name: string): boolean =>
  Object.keys(answers).some((key) => key.startsWith(`${name} `))

export function answerer(answers: Answers): {
  readonly asked: string[]
  readonly resolve: (question: DnsQuestion) => Promise<DnsAnswer>
} {
  const asked: string[] = []
  return {
    asked,
    resolve: (question) => {
      asked.push(`${question.name} ${question.type}`)
      return Promise.resolve(answerTo(question, answers))
    },
  }
}

function answerTo({ name, type }: DnsQuestion, answers: Answers): DnsAnswer {
  const values = answers[`${name} ${type}`]
  if (values?.[0] === 'SERVFAIL') return { kind: 'failed', why: 'SERVFAIL' }
  return values !== undefined ? { kind: 'found', values } : { kind: named(answers, name) ? 'no-data' : 'no-name' }
}

/** As Node's `dns.resolve` and mailauth have it. */
export const mailauthResolver =
  (answers: Answers) =>
  (name: string, type: string): Promise<unknown> => {
    const values = answers[`${name} ${type}`]
    if (values === undefined) {
      const code = named(answers, name) ? 'ENODATA' : 'ENOTFOUND'
      return Promise.reject(Object.assign(new Error(`no ${type} of ${name}`), { code }))
    }
    return Promise.resolve(values.map(READ_AS[type] ?? ((value) => value)))
  }

/** By type; those of others stay texts. */
const READ_AS: Readonly<Record<string, (value: string) => unknown>> = {
  TXT: (value) => [value],
  MX: (value) => ({ priority: Number(value.split(' ')[0]), exchange: value.split(' ')[1] }),
}
