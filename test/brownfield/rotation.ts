// A whole rotation of a host's keys under mail: new ones are published, take over, and the former ones are revoked,
// taken out of DNS and deleted. TTLs are the lab's, and the other times are short (`ROTATION`).
import { streamed, type StreamMessage } from '../lab/mail-stream.ts'
import type { Ended } from '../unit/cli/mailrun.ts'
import { mailFaults, type Signed } from './mail-faults.ts'
import type { Profile } from './profile.ts'
import { mailNow, streamOf, type Bench } from './trial.ts'

/** The var `dkim_rotation` of all profiles: in seconds. */
export const ROTATION = { margin: 1, drain: 5, revoked: 3 } as const

/** Of one command; and how many commands a rotation may take. */
const [WAIT, COMMANDS] = ['60', 6] as const
/** The exit status of a rotation that has to wait. */
const WAITS = 6

export interface Rotated {
  /** Exit status of the last command. */
  readonly code: number | null
  readonly sent: number
  readonly seconds: number
  readonly faults: readonly string[]
}

/** Of a host that keeps what it signs: all of that stays signed, by whatever key of the same domain. */
export async function wholeRotation(bench: Bench, profile: Profile): Promise<Rotated> {
  const { signed } = await mailNow(bench.host, profile)
  const began = performance.now()
  const ended: Ended[] = []
  const { messages, held } = await streamed(bench.host, streamOf(profile), async () => {
    do ended.push(await bench.mailrun('rotate', '--wait', WAIT, ...(ended.length === 0 ? ['--start'] : [])))
    while (ended.at(-1)!.code === WAITS && ended.length < COMMANDS)
  })
  const seconds = (performance.now() - began) / 1000
  const { code } = ended.at(-1)!
  const said = ended.map(({ stdout, stderr }) => stdout + stderr).join('')
  const faults = mailFaults(byAnyKey(signed), messages.map(keyless), held)
  const unfinished = code === 0 ? await leftOfFormer(bench, profile) : [`rotate ended with ${code}: ${said.trim()}`]
  return { code, sent: messages.length, seconds, faults: [...faults, ...unfinished] }
}

/** @example withoutSelector('d=fleet.test s=mail i=@mx.fleet.test') // 'd=fleet.test i=@mx.fleet.test' */
const withoutSelector = (signature: string): string => signature.replace(/ s=\S+/, '')

const byAnyKey = (signed: Signed): Signed =>
  new Map([...signed].map(([who, signatures]) => [who, signatures.map(withoutSelector)]))

const keyless = (message: StreamMessage): StreamMessage => ({
  ...message,
  signatures: message.signatures.map(withoutSelector),
})

/** That of the keys that were in use nothing is left that signs, that DNS serves, or that mailrun is to delete. */
async function leftOfFormer({ host, published }: Bench, profile: Profile): Promise<readonly string[]> {
  const { signed } = await mailNow(host, profile)
  const rotated = profile.keys.filter(({ domain }) => profile.vars.domains.includes(domain))
  const names = await published()
  const signatures = [...signed].flatMap(([who, all]) => all.map((signature) => [who, signature] as const))
  return rotated.flatMap(({ domain, selector }) => [
    ...signatures
      .filter(([, signature]) => `${signature} `.startsWith(`d=${domain} s=${selector} `))
      .map(([who, signature]) => `after its rotation, ${who} is signed with ${signature}`),
    ...(names.includes(`${selector}._domainkey.${domain}.`.toLowerCase())
      ? [`after its rotation, DNS still has ${selector}._domainkey.${domain}`]
      : []),
  ])
}
