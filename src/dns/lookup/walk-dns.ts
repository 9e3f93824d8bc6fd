// Runs a walk through DNS (a sequence of questions) with answers from a resolver.
import type { DnsAnswer, DnsQuestion, DnsWalk } from '../../mail/records/dns-walk.ts'

/** Resolves to what the walk comes to; a resolver that rejects ends it. */
export async function walkDns<Result>(
  walk: DnsWalk<Result>,
  resolve: (question: DnsQuestion) => Promise<DnsAnswer>,
): Promise<Result> {
  let step = walk.next()
  while (!step.done) step = walk.next(await resolve(step.value))
  return step.value
}
