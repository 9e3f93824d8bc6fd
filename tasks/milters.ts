// Task: no milter that Postfix asks is dead.
import { deadMilters, isPassedOver, wordsOn } from '../src/changes/dead-milters.ts'
import { obstacleToMove, opendkimLists, placesOf, socketsNow } from '../src/changes/opendkim-lists.ts'
import { milterOf } from '../src/postfix/endpoint.ts'
import { oneOf, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, ok, remarked } from '../src/model/plan.ts'
import type { PostfixSources } from '../src/postfix/sources.ts'
import { joinProbes } from '../src/probes/join.ts'
import { milterAnswers, type MilterAnswers } from '../src/probes/milter-answers.ts'
import { opendkimActivation, type OpendkimActivation } from '../src/probes/opendkim-activation.ts'
import { postfixParameters, type PostfixParameters } from '../src/probes/postfix-parameters.ts'
import { postfixServices, postfixSources, type PostfixServices } from '../src/probes/postfix-services.ts'
import { configurationOf, opendkimSetup, type OpendkimSetup } from '../src/probes/signing.ts'
import type { OpendkimConfiguration } from '../src/signers/opendkim/index.ts'

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
  readonly activation: OpendkimActivation
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
      [postfixParameters(undefined), postfixServices, opendkimSetup, opendkimActivation],
      (answers, [parameters, services, setup, activation]) => ({
        answers,
        parameters: parameters as PostfixParameters,
        services: services as PostfixServices,
        setup: setup as OpendkimSetup,
        activation: activation as OpendkimActivation,
      }),
      ({ answers, parameters, services, setup, activation }) => [answers, [parameters, services, setup, activation]],
    ),
  plan({ opendkim, defaultAction }, { answers, parameters, services, setup, activation }) {
    if (!parameters.installed) return ok
    const postfix = postfixSources(parameters, services)
    const configuration = setup.installed ? configurationOf(setup) : undefined
    const now = socketsNow(configuration?.socket, activation)
    const obstacle =
      opendkim === undefined || configuration === undefined
        ? undefined
        : obstacleToMove(configuration, opendkim, postfix.host)
    if (obstacle !== undefined) return blocked(obstacle)
    const unmoved =
      opendkim !== undefined && configuration !== undefined && unmovedFor(configuration, opendkim, postfix)
    if (typeof unmoved === 'string') return blocked(unmoved)
    const main: readonly [string, string][] =
      defaultAction === undefined ? [] : [['milter_default_action', defaultAction]]
    const sources = { ...postfix, main: new Map([...postfix.main, ...main]) }
    const dead = deadMilters({
      sources,
      answers: answers.answers,
      expected: opendkim === undefined ? [] : placesOf({ now, wanted: opendkim }, sources),
    })
    const stopping = dead.filter((each) => !isPassedOver(each))
    if (stopping.length > 0) return blocked(stopping.map(wordsOn).join('\n'))
    return dead.length === 0 ? ok : remarked(ok, { warning: dead.map(wordsOn).join('\n') })
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

/** Why the lists that name an OpenDKIM which signs cannot follow it. */
function unmovedFor(
  { socket, signing }: OpendkimConfiguration,
  wanted: string,
  postfix: PostfixSources,
): string | undefined {
  if (socket === undefined || socket === wanted || signing.length === 0) return undefined
  const lists = opendkimLists({ now: [socket], wanted }, milterOf(wanted), postfix)
  return lists !== undefined && 'impossible' in lists
    ? `OpenDKIM is to listen at ${wanted}, and Postfix cannot be told so, for ${lists.impossible}: take that out, ` +
        `or leave OpenDKIM at ${socket} (opendkim_socket)`
    : undefined
}
