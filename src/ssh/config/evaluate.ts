// Goes through the files for one destination and collects what counts for it.
import { connectionHash } from './connection-hash.ts'
import { lower } from './files/bytes.ts'
import { expandTokens, type Tokens } from './expand.ts'
import { servicePort, type Here } from './machine.ts'
import type { Criterion } from './files/match-line.ts'
import { matchesPattern, matchPatternList } from '../../text/openssh-pattern.ts'
import type { ConfigFile } from './files/read-ssh-config.ts'
import { Refusal } from './files/refusal.ts'
import { succeeds, type Runs } from './shell-exec.ts'
import { refused, unknownKeyword, type HostPattern, type Statement } from './files/statement.ts'
import type { Place, Values } from './values.ts'

export interface Pass {
  readonly here: Here
  readonly runs: Runs
  /** What Host patterns are held against: as given, in the second pass the canonical name. */
  readonly host: string
  /** As given. */
  readonly original: string
  /** The second pass, after canonicalisation. */
  readonly isFinal: boolean
}

export const SSH_PORT = 22

/** @throws MailrunError with file:line */
export async function evaluateFile(file: ConfigFile, values: Values, pass: Pass): Promise<void> {
  await walk(file, values, pass, true, false)
}

/** @param never - included from a block for other hosts: nothing in it is for this one. */
async function walk(
  file: ConfigFile,
  values: Values,
  pass: Pass,
  activeAtFirst: boolean,
  never: boolean,
): Promise<void> {
  let active = activeAtFirst
  for (const statement of file.statements) {
    switch (statement.kind) {
      case 'host':
        active = isFor(statement.patterns, pass.host, never, statement.where)
        break
      case 'match':
        active = !never && (await holds(statement.line.criteria, values, pass, statement.where))
        break
      case 'include':
        for (const each of statement.files) await walk(each, values, pass, active, !active)
        break
      default:
        if (active || statement.kind === 'unknown' || statement.always)
          applyStatement(statement, values, { where: statement.where, origin: file.origin, isOption: false }, active)
    }
  }
}

/** @throws MailrunError for an unknown keyword that IgnoreUnknown does not cover so far. */
export function applyStatement(
  statement: Statement & { kind: 'set' | 'unknown' },
  values: Values,
  place: Place,
  active: boolean,
): void {
  if (statement.kind === 'unknown') {
    const ignored = values.first.get('ignoreunknown')?.value
    if (ignored !== undefined && matchPatternList(statement.keyword, lower(ignored)) === 'match') return
    throw unknownKeyword(statement.keyword, statement.where)
  }
  if (!active && !statement.always) return
  try {
    statement.apply(values, place)
  } catch (error) {
    if (error instanceof Refusal) throw refused(statement.keyword, error, statement.where)
    throw error
  }
}

function isFor(patterns: readonly HostPattern[], host: string, never: boolean, where: string): boolean {
  let positive = false
  for (const { negated, pattern, isEmpty } of patterns) {
    if (isEmpty) throw refused('host', new Refusal('one of its patterns is empty'), where)
    if (never) return false
    if (!matchesPattern(host, pattern)) continue
    if (negated) return false
    positive = true
  }
  return positive
}

async function holds(criteria: readonly Criterion[], values: Values, pass: Pass, where: string): Promise<boolean> {
  const now = standing(values, pass)
  let result = true
  for (const criterion of criteria) {
    const found =
      criterion.kind === 'exec'
        ? await execHolds(criterion.command, result, now, values, pass, where)
        : simply(criterion, now, pass)
    if (found === criterion.negated) result = false
  }
  return result
}

interface Standing {
  readonly host: string
  readonly user: string
}

/** What is known of the destination at a Match line: HostName and User count as far as they are said. */
function standing(values: Values, { host, here, isFinal }: Pass): Standing {
  const hostName = values.first.get('hostname')
  const user = values.first.get('user')?.value ?? here.user
  if (hostName === undefined || isFinal) return { host: hostName?.value ?? host, user }
  try {
    return { host: expandTokens(hostName.value, { h: host }), user }
  } catch (error) {
    if (error instanceof Refusal) throw refused('hostname', error, hostName.where)
    throw error
  }
}

function simply(
  criterion: Exclude<Criterion, { kind: 'exec' }>,
  { host, user }: Standing,
  { original, here, isFinal }: Pass,
): boolean {
  switch (criterion.kind) {
    case 'all':
      return true
    case 'final':
      return isFinal
    case 'host':
      return matchPatternList(lower(host), criterion.patterns) === 'match'
    case 'originalhost':
      return matchPatternList(lower(original), criterion.patterns) === 'match'
    case 'user':
      return matchPatternList(user, criterion.patterns) === 'match'
    case 'localuser':
      return matchPatternList(here.user, criterion.patterns) === 'match'
  }
}

/** Tokens are checked even where an earlier criterion has failed; the command then does not run. */
async function execHolds(
  command: string,
  wanted: boolean,
  { host, user }: Standing,
  values: Values,
  { here, original, runs }: Pass,
  where: string,
): Promise<boolean> {
  const port = values.first.get('port')?.value ?? String(servicePort('ssh') ?? SSH_PORT)
  const tokens: Tokens = {
    C: connectionHash(here.hostName, host, port, user),
    L: here.hostName.replace(/\..*$/s, ''),
    d: here.home,
    h: host,
    k: values.first.get('hostkeyalias')?.value ?? host,
    l: here.hostName,
    n: original,
    p: port,
    r: user,
    u: here.user,
    i: String(here.uid),
  }
  try {
    const expanded = expandTokens(command, tokens)
    // The block is for other hosts already.
    if (!wanted) return true
    return await succeeds(expanded, runs)
  } catch (error) {
    if (error instanceof Refusal) throw refused('match exec', error, where)
    throw error
  }
}
