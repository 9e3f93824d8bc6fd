// Writes what `mailrun adopt` found as an inventory, in YAML and as JSON.
import type { AdoptedHost, AdoptedVar, Adoption } from '../../mail/adoption.ts'
import { comment, hostLines, varLines } from './lines.ts'
import type { RunDocument } from '../run/json.ts'

/**
 * An inventory in Ansible's form (YAML 1.1): what could not be carried over is in comments.
 * @param path - where it will be, for the words at its head. @param playbook - that they name.
 */
export function adoptionYaml({ hosts, shared, connection }: Adoption, path: string, playbook: string): string {
  const adopted = hosts.filter(({ status }) => status === 'adopted')
  const others = hosts.filter(({ status }) => status !== 'adopted')
  const body =
    adopted.length === 0
      ? []
      : [
          'mail:',
          '  hosts:',
          ...adopted.flatMap((host) => hostLines(host, connection, '    ')),
          ...(shared.length === 0 ? [] : ['  vars:', ...shared.flatMap((each) => varLines(each, '    '))]),
        ]
  return [...comment(headOf(adopted.length, path, playbook), '# '), ...body, ...others.flatMap(otherLines), ''].join(
    '\n',
  )
}

const headOf = (count: number, path: string, playbook: string): string =>
  count === 0
    ? 'mailrun adopt found no host whose signing it can take over.'
    : `What mailrun adopt found on ${count} ${count === 1 ? 'host' : 'hosts'}. With these vars a run changes as ` +
      `little as possible; mailrun ${playbook} -i ${path} --check --diff shows what.`

/** Follows the name of a host. */
export const ADOPTION_WORDS: Readonly<Record<AdoptedHost['status'], string>> = {
  adopted: 'is adopted',
  unsigned: 'is left out, for it signs nothing',
  refused: 'is left out, for it is not understood',
  failed: 'is left out, for it could not be asked',
  unreachable: 'is left out, for it is unreachable',
  interrupted: 'is left out: interrupted',
  'not-reached': 'is left out: interrupted before its turn',
}

const otherLines = ({ name, status, error }: AdoptedHost): readonly string[] =>
  [`${name} ${ADOPTION_WORDS[status]}`, ...(error?.split('\n') ?? [])].flatMap((line, index) =>
    comment(line, index === 0 ? '# ' : '#   '),
  )

export interface AdoptionTexts {
  /** In YAML. */
  readonly inventory: string
  /** The path of that whose check it is. */
  readonly playbook: string
  /** What a run would change; `null` where there was nothing to check; why the vars do not go together. */
  readonly check: RunDocument | { readonly error: string } | null
}

const byName = (vars: readonly AdoptedVar[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(vars.map(({ name, value }) => [name, value]))

/** For programs, as docs/adopt.schema.json has it. */
export const adoptionJson = ({ hosts, shared }: Adoption, { inventory, playbook, check }: AdoptionTexts) => ({
  inventory,
  playbook,
  vars: byName(shared),
  hosts: hosts.map(({ name, status, error, vars, choices, left }) => ({
    name,
    status,
    ...(error === undefined ? {} : { error }),
    vars: byName(vars),
    choices: byName(choices),
    left,
  })),
  check,
})

export type AdoptionDocument = ReturnType<typeof adoptionJson>
