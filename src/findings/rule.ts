// Kinds of findings, and rules. A kind says what a finding means and what to do about it; a rule also has the function
// that finds it.
import type { CheckName } from './checks.ts'
import type { Finding, FindingDetails } from './finding.ts'
import type { Severity } from './severity.ts'
import type { Superseding } from './superseded.ts'

export interface FindingKind<Id extends string = string> {
  /** Its meaning never changes, because lists of accepted findings name it. */
  readonly id: Id
  /** The column of the matrix. */
  readonly check: CheckName
  readonly severity: Severity
  /** What it means for mail, in a sentence. */
  readonly means: string
  /** What to do, unless the finding itself says something better. */
  readonly remedy: string
  /** For a finding about a DNS record: findings with the same cause. If one of them is there, this one is left out. */
  readonly supersededBy?: readonly Superseding[]
}

/** A kind of finding, and the pure function that finds it everywhere in the evidence. */
export interface Rule<Evidence, Id extends string = string> extends FindingKind<Id> {
  find(evidence: Evidence): readonly FindingDetails[]
}

/** A rule, with the type of its id. */
export const rule = <const Id extends string, Evidence>(value: Rule<Evidence, Id>): Rule<Evidence, Id> => value

/** The values of a list: first those with these names, in this order, then the others, sorted by name. */
export function inOrder<List extends Readonly<Record<string, FindingKind>>>(
  list: List,
  first: readonly (keyof List & string)[],
): readonly List[keyof List & string][] {
  const others = Object.keys(list).filter((name) => !first.includes(name))
  return [...first, ...others].map((name) => list[name as keyof List & string])
}

/** All findings of a list of rules, in the order of the rules. */
export const findAll = <Evidence, Id extends string>(
  rules: readonly Rule<Evidence, Id>[],
  evidence: Evidence,
): readonly Finding<Id>[] => rules.flatMap((each) => each.find(evidence).map((details) => findingOf<Id>(each, details)))

/** Makes a finding from its kind and its details. */
export function findingOf<Id extends string>(kind: FindingKind<Id>, details: FindingDetails): Finding<Id> {
  const { message, subject = {}, expected, found, remedy, cause, severity, check, purpose } = details
  return {
    id: kind.id,
    severity: severity ?? kind.severity,
    check: check ?? kind.check,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    remedy: remedy ?? kind.remedy,
    ...(cause === undefined ? {} : { cause }),
    subject,
    ...(purpose === undefined ? {} : { purpose }),
  }
}

/** Kinds by id. */
export type Kinds<Id extends string = string> = { readonly [Each in Id]: FindingKind<Each> }

/** Kinds of one check that are found by something other than a rule. */
export const kindsOf = <const Id extends string>(
  check: CheckName,
  kinds: Readonly<Record<Id, Omit<FindingKind, 'id' | 'check'>>>,
): Kinds<Id> =>
  Object.fromEntries(
    Object.entries<Omit<FindingKind, 'id' | 'check'>>(kinds).map(([id, kind]) => [id, { id, check, ...kind }]),
  ) as unknown as Kinds<Id>

/** Makes findings of these kinds: `finding('spf-many', 'there are 2')`. */
export const findingsIn =
  <Id extends string>(kinds: Kinds<Id>) =>
  <Each extends Id>(id: Each, message: string, details: Omit<FindingDetails, 'message'> = {}): Finding<Each> =>
    findingOf<Each>(kinds[id], { message, ...details })

/** A list with `details` if the condition is true, else an empty list. */
export const foundIf = (isFound: boolean, details: FindingDetails): readonly FindingDetails[] =>
  isFound ? [details] : []
