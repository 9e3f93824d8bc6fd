// Computes the next steps of a rotation from what hosts and name servers answer. A pure function: nothing is remembered
// between two commands.
import type { DnsStanding, HostKey, RotationEvidence, RotationRequest } from './evidence.ts'
import { drained, drainSeconds } from './drained.ts'
import { selectorsIn, standingOf, standingsOf, type Standing } from './history.ts'
import type { KeyProgress, NewMark, NextSteps, RotationStep, RotationWait } from './steps.ts'

/** Every selector that is not removed, the one in use first. */
export const livingKeys = ({ history, inUse }: Pick<RotationEvidence, 'history' | 'inUse'>): readonly Standing[] =>
  standingsOf(history, [...new Set([inUse.selector, ...selectorsIn(history)])]).filter(
    ({ selector, last }) => selector === inUse.selector || last?.event !== 'removed',
  )

const ENDING: readonly (string | undefined)[] = ['revoking', 'revoked', 'removing', 'removed']
const COMING: readonly (string | undefined)[] = ['keyed', 'published']

/** The key that is to sign next: the newest that was made for it, unless it is known to others. */
function comingKey(evidence: Pick<RotationEvidence, 'history' | 'inUse'>): Standing | undefined {
  const coming = livingKeys(evidence).filter(
    ({ selector, last, compromised }) =>
      selector !== evidence.inUse.selector && COMING.includes(last?.event) && !compromised,
  )
  return [...coming].sort((a, b) => (b.keyed ?? 0) - (a.keyed ?? 0) || (a.selector < b.selector ? 1 : -1))[0]
}

export function nextSteps(evidence: RotationEvidence, request: RotationRequest): NextSteps {
  const { host, domain, now } = evidence
  const living = livingKeys(evidence)
  const [active] = living as readonly [Standing, ...Standing[]]
  const coming = comingKey(evidence)
  const base = { host, domain, now }
  const accused = request.compromised ? newlyCompromised(living, active, request.start) : []
  if (accused.length > 0) {
    const marks: readonly NewMark[] = [
      ...(active.last === undefined ? [firstMark(evidence)] : []),
      ...accused.map((selector): NewMark => ({ event: 'compromised', selector })),
    ]
    return {
      ...base,
      keys: [
        { ...shown(evidence, active, coming), step: { kind: 'note', marks } },
        ...living.slice(1).map((each) => shown(evidence, each, coming)),
      ],
      notes: [],
    }
  }
  const due = coming !== undefined ? undefined : whyDue(evidence, active, request)
  const others = living.slice(1)
  const moving = due !== undefined || others.some(({ last }) => !ENDING.includes(last?.event))
  return {
    ...base,
    keys: living.map((each) => keyProgress(evidence, each, active, coming)),
    notes: [
      ...(moving ? drainNotes(evidence) : []),
      ...others.flatMap(strayKeyNotes),
      ...(coming === undefined ? replacedNotes(active, request) : []),
    ],
    ...(due === undefined
      ? {}
      : { due, begin: { kind: 'begin', former: active.last === undefined ? firstMark(evidence) : undefined } }),
  }
}

function drainNotes({ queue, settings: { drain } }: RotationEvidence): readonly string[] {
  if ('why' in queue || drain === undefined) return []
  const needed = drainSeconds(queue, undefined)
  if (drain >= needed) return []
  const risk = 'what is delivered later fails DKIM'
  return [`dkim_rotation.drain is ${drain} s, and mail may be on its way for ${needed} s: ${risk}`]
}

/** Of a former key that lies elsewhere, where mailrun does not delete it. */
function strayKeyNotes({ selector, last, path }: Standing): readonly string[] {
  if (path === undefined || (last?.event !== 'revoked' && last?.event !== 'removing')) return []
  const remedy = 'delete it by hand once no table names it'
  return [`the private key of ${selector} is ${path}, where others may use it: ${remedy}`]
}

const replacedNotes = (active: Standing, request: RotationRequest): readonly string[] =>
  request.compromised && !request.start && !active.compromised
    ? ['its key already took the place of one that was compromised: --start replaces this one, too']
    : []

const firstMark = ({ inUse: { selector, path }, domain, signer }: RotationEvidence): NewMark => {
  const isBelow = path.startsWith(`${signer.keyDirectory}/`) && path.endsWith(`/${domain}/${selector}.private`)
  return { event: 'active', selector, ...(isBelow ? {} : { path }) }
}

/** Where a rotation makes keys. */
const isInPlace = ({ selector, path }: HostKey, { domain, signer }: RotationEvidence): boolean =>
  path === `${signer.keyDirectory}/${domain}/${selector}.private`

/**
 * All that were there before; where an earlier command said so and that is not yet done with, none, unless it is to
 * begin again.
 */
function newlyCompromised(living: readonly Standing[], active: Standing, anew: boolean): readonly string[] {
  if (active.compromised || (!anew && living.some(({ compromised }) => compromised))) return []
  return living
    .filter(
      ({ selector, last, compromised }) =>
        !compromised && (selector === active.selector || !ENDING.includes(last?.event)),
    )
    .map(({ selector }) => selector)
}

function whyDue(
  { now, inUse, settings }: RotationEvidence,
  active: Standing,
  { start }: RotationRequest,
): string | undefined {
  if (active.compromised) return 'the key in use is compromised'
  if (ENDING.includes(active.last?.event)) return 'the key in use was revoked'
  if (start) return 'asked for by --start'
  const age = now - (active.keyed ?? inUse.made)
  return age >= settings.olderThan ? `the key in use is ${Math.floor(age / 86_400)} days old` : undefined
}

const shown = (evidence: RotationEvidence, each: Standing, coming: Standing | undefined): KeyProgress => {
  const { selector, state, since } = keyProgress(
    evidence,
    each,
    standingOf(evidence.history, evidence.inUse.selector),
    coming,
  )
  return { selector, state, since }
}

function keyProgress(
  evidence: RotationEvidence,
  key: Standing,
  active: Standing,
  coming: Standing | undefined,
): KeyProgress {
  if (key.selector === evidence.inUse.selector) return activeProgress(evidence, key)
  return key.selector === coming?.selector
    ? comingProgress(evidence, key, active)
    : formerProgress(evidence, key, active)
}

/** Those that once signed, and are not known to have stopped. */
const replacedBy = ({ history }: RotationEvidence, selector: string): readonly string[] =>
  selectorsIn(history).filter((each) => each !== selector && standingOf(history, each).last?.event === 'active')

function activeProgress(evidence: RotationEvidence, { selector, last, everActive }: Standing): KeyProgress {
  // Of a key from before the first rotation nothing is written down; it signs since about when it was made.
  const base = {
    selector,
    state: 'active',
    since: last === undefined ? evidence.inUse.made : last.event === 'active' ? last.time : undefined,
  } as const
  if (ENDING.includes(last?.event))
    return {
      ...base,
      wait: {
        kind: 'blocked',
        why: 'it signs with a key that was revoked, so its mail fails DKIM until a new one is in use',
      },
    }
  // The tables were switched, and that it signs was not seen yet.
  if (last !== undefined && last.event !== 'active')
    return { ...base, step: { kind: 'activate', selector, former: replacedBy(evidence, selector) } }
  const former = everActive ? replacedBy(evidence, selector) : []
  return former.length > 0 ? { ...base, step: { kind: 'activate', selector, former } } : base
}

function comingProgress(evidence: RotationEvidence, { selector, last }: Standing, active: Standing): KeyProgress {
  const { now, keys, cached, settings } = evidence
  const is = (
    state: 'keyed' | 'published' | 'propagated',
    more: { readonly step: RotationStep } | { readonly wait: RotationWait },
  ): KeyProgress => ({ selector, state, since: last?.time, ...more })
  const key = keys.find((each) => each.selector === selector)
  if (key === undefined) return is('keyed', { step: { kind: 'make', selector } })
  if (key.publicKey === undefined)
    return is('keyed', {
      wait: { kind: 'blocked', why: `${key.path} is no private key that can be used: delete it, and it is made` },
    })
  const dns = evidence.dns.get(selector)
  const unserved = inDns(dns)
  if (unserved !== undefined) {
    // It was served once and is no more: what resolvers hold of it now begins again.
    if (last?.event === 'published' && dns?.missing.some(({ silent }) => !silent))
      return is('keyed', { step: { kind: 'note', marks: [{ event: 'keyed', selector }] } })
    return is(
      'keyed',
      unserved === 'needed' ? { step: { kind: 'publish', selector, publicKey: key.publicKey } } : { wait: unserved },
    )
  }
  if (last?.event !== 'published')
    return is('published', { step: { kind: 'note', marks: [{ event: 'published', selector }] } })
  const until = last.time + cached + settings.margin
  if (!active.compromised && now < until)
    return is('published', { wait: { kind: 'until', time: until, why: 'resolvers may hold that it is not there' } })
  return is('propagated', { step: { kind: 'activate', selector, former: replacedBy(evidence, selector) } })
}

/** One that signed before, or was given up before it ever did. */
function formerProgress(
  evidence: RotationEvidence,
  { selector, last, everActive, compromised }: Standing,
  active: Standing,
): KeyProgress {
  const { now, keys, settings, signing, signer } = evidence
  const is = (
    state: 'draining' | 'revoking' | 'revoked' | 'removing',
    more: { readonly step?: RotationStep; readonly wait?: RotationWait },
  ): KeyProgress => ({ selector, state, since: last?.time, ...more })
  const dns = inDns(evidence.dns.get(selector))
  switch (last?.event) {
    case 'revoking':
      if (dns === undefined) return is('revoking', { step: { kind: 'note', marks: [{ event: 'revoked', selector }] } })
      return is('revoking', dns === 'needed' ? { step: { kind: 'revoke', selector } } : { wait: dns })
    case 'revoked': {
      if (dns === 'needed') return is('revoked', { step: { kind: 'revoke', selector } })
      if (dns !== undefined) return is('revoked', { wait: dns })
      const until = last.time + settings.revoked
      return is(
        'revoked',
        now < until
          ? { wait: { kind: 'until', time: until, why: 'verifiers learn that it is revoked' } }
          : { step: { kind: 'note', marks: [{ event: 'removing', selector }] } },
      )
    }
    case 'removing': {
      const own = keys.find((each) => each.selector === selector && isInPlace(each, evidence))
      if (own !== undefined) return is('removing', { step: { kind: 'delete-key', selector, path: own.path } })
      if (dns === undefined) return is('removing', { step: { kind: 'note', marks: [{ event: 'removed', selector }] } })
      return is('removing', dns === 'needed' ? { step: { kind: 'delete-record', selector } } : { wait: dns })
    }
    default: {
      // Whoever switched the tables has not yet seen the other one sign.
      if (last?.event === 'active' || active.last?.event !== 'active') return is('draining', {})
      if ('why' in signing)
        return is('draining', {
          wait: {
            kind: 'held',
            why: `whether ${signer.title} signs with it cannot be known: ${signing.why}`,
            soon: false,
          },
        })
      if (signing.includes(selector))
        return is('draining', {
          wait: {
            kind: 'blocked',
            why: `${signer.title} still signs with it, though its tables name another: restart it`,
          },
        })
      const away =
        everActive && !compromised && last !== undefined ? drained(evidence, last.time) : ({ kind: 'drained' } as const)
      return is(
        'draining',
        away.kind === 'drained' ? { step: { kind: 'note', marks: [{ event: 'revoking', selector }] } } : { wait: away },
      )
    }
  }
}

/** `undefined`: every name server says what it is to say. */
function inDns(dns: DnsStanding | undefined): 'needed' | RotationWait | undefined {
  if (dns === undefined) return { kind: 'held', why: 'name servers were not asked', soon: false }
  if (typeof dns.push === 'object') return { kind: 'blocked', why: dns.push.why }
  if (dns.missing.length === 0) return undefined
  const why = dns.missing.map(({ what }) => what).join('; ')
  if (dns.push === 'needed') return 'needed'
  if (dns.push === 'by-others') {
    const remedy = dns.wish === 'gone' ? 'delete the record there' : 'change it as mailrun dns plan says'
    return { kind: 'held', why: `its zone is kept in other ways (via: none): ${remedy}: ${why}`, soon: false }
  }
  return { kind: 'held', why, soon: true }
}
