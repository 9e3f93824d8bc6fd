// Task `milters`: checks that every milter that Postfix asks answers. A milter is a program that Postfix asks about
// each message.
import {
  deadMilters,
  isPassedOver,
  unseenMilters,
  wordsOn,
  wordsOnUnseen,
  type DeadMilter,
  type MilterQuestion,
} from '../src/resources/milters/dead-milters.ts'
import {
  expectedOf,
  isAsked,
  isElsewhere,
  obstacleToMove,
  obstacleToReach,
  opendkimLists,
  socketsNow,
} from '../src/signers/opendkim/activation/lists.ts'
import { milterOf } from '../src/resources/milters/endpoint.ts'
import { oneOf, text } from '../src/core/argument.ts'
import { defineTask } from '../src/core/define-task.ts'
import { blocked, ok, remarked } from '../src/core/plan.ts'
import type { PostfixSources } from '../src/resources/postfix/settings/sources.ts'
import { joinProbes } from '../src/core/join-probes.ts'
import { milterAnswers, type MilterAnswers } from '../src/resources/milters/milter-answers.ts'
import { postfixParameters, type PostfixParameters } from '../src/resources/postfix/postfix-parameters.ts'
import { postfixServices, postfixSources, type PostfixServices } from '../src/resources/postfix/postfix-services.ts'
import { configurationOf, opendkimSetup, type OpendkimSetup } from '../src/signers/opendkim/setup/signing.ts'
import type { OpendkimConfiguration } from '../src/signers/opendkim/configuration/index.ts'

export interface MiltersArgs {
  /**
   * opendkim.conf(5), Socket, as a task `opendkim` of the playbook sets it: that task starts what is to listen there,
   * and has all that names OpenDKIM where it listens now name it there. Left out: OpenDKIM's milter is one as any.
   */
  readonly opendkim?: string
  /** postconf(5), milter_default_action, as the playbook sets it. Left out: as it is. */
  readonly defaultAction?: 'accept' | 'tempfail' | 'reject' | 'quarantine'
}

interface MiltersState {
  readonly answers: MilterAnswers
  readonly parameters: PostfixParameters
  readonly services: PostfixServices
  readonly setup: OpendkimSetup
}

/**
 * Every milter that a service of Postfix asks is spoken to, as Postfix does: by its user, from its chroot, all at once,
 * for two seconds. Changes nothing. A dead one is an error where mail is deferred, rejected or put on hold by it
 * (`milter_default_action`, or the item's own `default_action`), and a warning where mail passes. As the first task of
 * a playbook it stops a host before anything is changed; in the run's last trip it proves that the run has left none.
 */
export const milters = defineTask<MiltersArgs, MiltersState>({
  type: 'milters',
  name: () => 'milters of Postfix',
  arguments: { opendkim: text, defaultAction: oneOf('accept', 'tempfail', 'reject', 'quarantine') },
  probe: () =>
    joinProbes<MilterAnswers, unknown, MiltersState>(
      milterAnswers,
      [postfixParameters(undefined), postfixServices, opendkimSetup],
      (answers, [parameters, services, setup]) => ({
        answers,
        parameters: parameters as PostfixParameters,
        services: services as PostfixServices,
        setup: setup as OpendkimSetup,
      }),
      ({ answers, parameters, services, setup }) => [answers, [parameters, services, setup]],
    ),
  plan({ opendkim, defaultAction }, { answers, parameters, services, setup }) {
    if (!parameters.installed) return ok
    if (parameters.broken !== undefined) return blocked(`Postfix's configuration cannot be read: ${parameters.broken}`)
    const postfix = postfixSources(parameters, services)
    const configuration = setup.installed ? configurationOf(setup) : undefined
    const obstacle = opendkim === undefined ? undefined : obstacleTo(opendkim, configuration, postfix)
    if (obstacle !== undefined) return blocked(obstacle)
    const main: readonly [string, string][] =
      defaultAction === undefined ? [] : [['milter_default_action', defaultAction]]
    const sources = { ...postfix, main: new Map([...postfix.main, ...main]) }
    const now = socketsNow(setup)
    const question: MilterQuestion = {
      sources,
      answers,
      expected: opendkim === undefined ? undefined : expectedOf({ now, wanted: opendkim }, sources),
    }
    const dead = deadMilters(question)
    const stopping = dead.filter((each) => !isPassedOver(each))
    if (stopping.length > 0) return blocked([...stopping.map(wordsOn), ...keepPassing(stopping, postfix)].join('\n'))
    const told = [...dead.map(wordsOn), ...unseenMilters(question).map(wordsOnUnseen), ...unreadInstances(sources)]
    return told.length === 0 ? ok : remarked(ok, { warning: told.join('\n') })
  },
  writes: () => [],
  examples: [
    {
      title: 'Any milter of this host',
      args: {},
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
    {
      title: 'Before OpenDKIM is set up, and mail is to be deferred while it is down',
      args: { opendkim: 'local:/var/spool/postfix/opendkim/opendkim.sock', defaultAction: 'tempfail' },
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
  ],
})

const unreadInstances = ({ instances }: PostfixSources): readonly string[] =>
  instances.flatMap((each) =>
    'unread' in each ? [`whom the instance ${each.directory} of Postfix asks was not seen: ${each.unread}`] : [],
  )

/** Why OpenDKIM cannot listen where it is to, with all that asks it. */
function obstacleTo(
  wanted: string,
  configuration: OpendkimConfiguration | undefined,
  postfix: PostfixSources,
): string | undefined {
  const unreached = obstacleToReach(wanted, postfix)
  if (unreached !== undefined || configuration === undefined) return unreached
  return obstacleToMove(configuration, wanted, postfix.host) ?? unmovedFor(configuration, wanted, postfix)
}

/** Why the lists that name it cannot follow it. */
function unmovedFor(
  { socket, signing }: OpendkimConfiguration,
  wanted: string,
  postfix: PostfixSources,
): string | undefined {
  if (socket === undefined || !isElsewhere(socket, wanted, postfix.host)) return undefined
  const lists = opendkimLists({ now: [socket], wanted }, milterOf(wanted), postfix)
  if (lists === undefined || !('impossible' in lists)) return undefined
  // Who signs nothing, and is asked by nobody, is missed by nobody.
  if (signing.length === 0 && !isAsked(socket, postfix)) return undefined
  return (
    `OpenDKIM is to listen at ${wanted}, and Postfix cannot be told so, for ${lists.impossible}: take that out, ` +
    `or leave OpenDKIM at ${socket} (opendkim_socket)`
  )
}

/** What else helps where mail passes a dead milter today, and would not from now on. */
function keepPassing(stopping: readonly DeadMilter[], { main }: PostfixSources): readonly string[] {
  const passes = main.get('milter_default_action')?.toLowerCase() === 'accept'
  return passes && stopping.some(({ uses: [use] }) => !use!.item.includes('default_action'))
    ? ['Mail passes without it as Postfix is now: milter_default_action: accept in the inventory leaves that so']
    : []
}
