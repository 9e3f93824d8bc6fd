// What mailrun says that packages bring, against what they bring to a bare host when they are installed. Has a lab of
// its own.
import * as assert from 'uvu/assert'
import { connector } from '../../src/ssh/connector.ts'
import { makeTrip, newMark } from '../../src/engine/trip/make-trip.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import type { Fact } from '../../src/core/task/fact.ts'
import type { Probe } from '../../src/core/probe/probe.ts'
import { groupProbe, userProbe } from '../../src/resources/accounts/accounts-probe.ts'
import { PACKAGES_KNOWN, provides } from '../../src/resources/apt/package-provides.ts'
import { pathProbe } from '../../src/resources/files/path.ts'
import { unitProbe } from '../../src/resources/systemd/unit.ts'
import { disagreement } from '../../src/testing/agrees.ts'
import { suite } from '../suite.ts'
import { nameLab } from './own-lab.ts'

nameLab('provides')
const lab = await import('../../lab/index.ts')
const test = suite('lab: what packages provide')
/** Even hosts of the lab are bare. */
const HOST = 'mx2'

test.before(() => lab.labUp({ size: 2, tools: false, wire: undefined }))
test.after(() => lab.labDown())

const probeOf = ({ resource }: Fact): Probe<unknown> => {
  const [kind = '', ...rest] = resource.split(':')
  const name = rest.join(':')
  switch (kind) {
    case 'user':
      return userProbe({ name, groups: [], home: undefined })
    case 'group':
      return groupProbe(name)
    case 'unit':
      return unitProbe({ unit: name, restartOn: undefined, reloadOn: [], listens: [] })
    case 'path':
      return pathProbe({ path: name, wanted: 'digest' })
    default:
      throw new Error(`no probe for ${resource}`)
  }
}

async function realOf(facts: readonly Fact[]): Promise<ReadonlyMap<string, unknown>> {
  const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
  const never = new AbortController().signal
  const connection = await (
    await connector(hosts, {})
  ).connect(
    hosts.find(({ name }) => name === HOST)!,
    never,
  )
  const probes = facts.map(probeOf)
  try {
    const outcome = await makeTrip(
      connection,
      {
        mark: newMark(),
        steps: [],
        after: undefined,
        probes,
        questionsSeconds: 60,
        holder: undefined,
        lockSeconds: 10,
        beginSeconds: undefined,
        interrupt: never,
        abandon: never,
      },
      { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} },
    )
    if (outcome.kind !== 'asked') throw new Error(outcome.kind)
    return new Map(
      probes.flatMap((probe): [string, unknown][] => {
        const answer = outcome.asked(probe)
        return 'error' in answer ? [] : probe.facts(answer.state).map(({ resource, value }) => [resource, value])
      }),
    )
  } finally {
    connection.close()
  }
}

for (const name of PACKAGES_KNOWN) {
  test(`${name} brings what is said of it`, async () => {
    await lab.labReset([HOST])
    const { code, stdout, stderr } = await lab.hostExec(
      HOST,
      `apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install ${name}`,
    )
    assert.is(code, 0, stdout + stderr)
    const facts = provides(name) ?? []
    const real = await realOf(facts)
    assert.equal(
      facts.flatMap(({ resource, value }) => disagreement(value, real.get(resource), resource) ?? []),
      [],
    )
  })
}

test.run()
