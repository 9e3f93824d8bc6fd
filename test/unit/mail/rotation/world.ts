// A host, its domain and two name servers that exist in a test only: does what a rotation's steps say, wholly or up to
// where the controller is killed.
import type { DnsStanding, RotationEvidence, RotationRequest } from '../../../../src/mail/rotation/evidence.ts'
import { dnsWish, type DnsWish } from '../../../../src/mail/rotation/dns-wish.ts'
import { mayFollow, standingOf, type Mark } from '../../../../src/mail/rotation/history.ts'
import { newSelectors } from '../../../../src/mail/rotation/new-selector.ts'
import { livingKeys, nextSteps } from '../../../../src/mail/rotation/next-steps.ts'
import { rotationSettings } from '../../../../src/mail/rotation/settings.ts'
import type { NewMark, NextSteps, RotationStep } from '../../../../src/mail/rotation/steps.ts'

export const SETTINGS = rotationSettings({ older_than_days: 100, margin: 60, drain: 1000, revoked: 500 })
export const CACHED = 300
type Served = 'key' | 'revoked' | undefined

/** What must never be, in words. */
export class Broken extends Error {}

export class World {
  now = 1_800_000_000
  lagging = false
  history: Mark[] = []
  readonly keys = new Map<string, number>([['mx1', 1_790_000_000]])
  tables = 'mx1'
  /** That OpenDKIM has loaded. */
  loaded = 'mx1'
  readonly primary = new Map<string, Served>([['mx1', 'key']])
  secondary = new Map<string, Served>([['mx1', 'key']])
  readonly lastSigned = new Map<string, number>()
  readonly used = new Set(['mx1'])
  /** The arrival of a message that stays in the queue. */
  stuck: number | undefined

  evidence(): RotationEvidence {
    const hostKey = (selector: string) => ({
      selector,
      path: `/etc/dkimkeys/a.example/${selector}.private`,
      publicKey: 'AAAA',
      made: this.keys.get(selector) ?? 0,
    })
    const known = { history: this.history, inUse: hostKey(this.tables) }
    return {
      ...known,
      host: 'mx1',
      domain: 'a.example',
      signer: { title: 'OpenDKIM', keyDirectory: '/etc/dkimkeys' },
      now: this.now,
      keys: [...this.keys.keys()].map(hostKey),
      cached: CACHED,
      settings: SETTINGS,
      signing: [this.loaded],
      queue: {
        lifetime: 432_000,
        messages: this.stuck === undefined ? 0 : 1,
        oldest: this.stuck === undefined ? undefined : { id: 'A1', queue: 'hold', arrived: this.stuck },
      },
      dns: new Map(
        livingKeys(known).map((key) => [
          key.selector,
          this.dns(key.selector, dnsWish(key, key.selector === this.tables)),
        ]),
      ),
    }
  }

  private dns(selector: string, wish: DnsWish): DnsStanding {
    const wanted: Served = wish === 'gone' ? undefined : wish
    const missing = (
      [
        ['ns1', this.primary],
        ['ns2', this.secondary],
      ] as const
    ).flatMap(([name, served]) => (served.get(selector) === wanted ? [] : [{ silent: false, what: `${name} differs` }]))
    return { wish, missing, push: this.primary.get(selector) === wanted ? 'done' : 'needed' }
  }

  look(request: RotationRequest): NextSteps {
    return nextSteps(this.evidence(), request)
  }

  /** Time passes, and with it the name servers agree. */
  pass(seconds: number): void {
    this.now += seconds
    if (!this.lagging) this.secondary = new Map(this.primary)
    this.sign()
  }

  /** A message is signed at every moment. */
  private sign(): void {
    this.lastSigned.set(this.loaded, this.now)
    if (!this.keys.has(this.loaded)) throw new Broken(`${this.loaded} signs, and its key is gone`)
    if (!this.keys.has(this.tables)) throw new Broken(`the tables name ${this.tables}, whose key is gone`)
  }

  /** @param until - how many of the parts of the step are done before the controller is killed. */
  carryOut(step: RotationStep, until: number): void {
    for (const part of this.parts(step).slice(0, until)) part()
    this.sign()
  }

  private mark(marks: readonly NewMark[]): void {
    for (const { event, selector } of marks) {
      const may = mayFollow(standingOf(this.history, selector), event)
      if (may === 'no') throw new Broken(`${selector} cannot be ${event}`)
      if (may === 'yes') this.history.push({ time: this.now, event, selector })
    }
  }

  private parts(step: RotationStep): readonly (() => void)[] {
    const make = (selector: string) => () => void (this.keys.has(selector) || this.keys.set(selector, this.now))
    switch (step.kind) {
      case 'note':
        return [() => this.mark(step.marks)]
      case 'begin': {
        const selector = newSelectors('mx1', this.now).find((each) => !this.used.has(each))!
        return [
          () => {
            this.used.add(selector)
            this.mark([...(step.former === undefined ? [] : [step.former]), { event: 'keyed', selector }])
          },
          make(selector),
        ]
      }
      case 'make':
        return [make(step.selector)]
      case 'publish':
        return [
          () => {
            if (this.primary.get(step.selector) === 'revoked') throw new Broken(`${step.selector} is brought back`)
            this.primary.set(step.selector, 'key')
          },
        ]
      case 'revoke':
        return [() => this.primary.set(step.selector, 'revoked')]
      case 'delete-record':
        return [() => this.primary.delete(step.selector)]
      case 'delete-key':
        return [() => this.keys.delete(step.selector)]
      case 'activate':
        return [
          () => (this.tables = step.selector),
          () => (this.loaded = this.tables),
          () =>
            this.mark([
              { event: 'active', selector: step.selector },
              ...step.former.map((selector) => ({ event: 'retired', selector }) as const),
            ]),
        ]
    }
  }
}
