// The facts that a playbook declares: their names are checked, and it is given no others.
import type { FactName } from '../core/gathered-facts.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Playbook } from '../core/fleet/playbook.ts'
import { nearest } from '../text/nearest.ts'
import { FACT_NAMES } from './gathered-facts.ts'

/** Each once. @throws MailrunError for a name of none */
export function declaredFacts({ facts = [], where }: Playbook, path: string): readonly FactName[] {
  const unknown = facts.filter((name) => !FACT_NAMES.includes(name))
  if (unknown.length > 0) {
    throw new MailrunError(unknown.map((name) => `${where ?? path}: facts: there is no fact ${hinted(name)}`))
  }
  return [...new Set(facts)]
}

function hinted(name: unknown): string {
  const near = nearest(String(name), FACT_NAMES)
  return `${JSON.stringify(name)}${near === undefined ? `; there are ${FACT_NAMES.join(', ')}` : `: did you mean ${near}?`}`
}

/** What looks at any value reads these: JSON.stringify(), `await`. */
const OF_ANY_VALUE = ['toJSON', 'then', ...Object.getOwnPropertyNames(Object.prototype)]

/**
 * What a playbook may read of them. A playbook runs without a compiler: a fact that it does not declare is an error
 * there, too, and not `undefined`.
 */
export const onlyDeclared = (facts: Readonly<Record<string, unknown>>, declared: readonly FactName[]): object =>
  new Proxy(facts, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key) || OF_ANY_VALUE.includes(key))
        return Reflect.get(target, key) as unknown
      if (!FACT_NAMES.some((name) => name === key)) throw new Error(`host.facts: there is no fact ${hinted(key)}`)
      const list = [...declared, key].map((name) => `'${name}'`).join(', ')
      throw new Error(`host.facts.${key} is read, and not declared: write facts: [${list}] in the playbook`)
    },
  })
