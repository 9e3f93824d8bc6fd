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
import { oneOf, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, ok, remarked } from '../src/core/task/plan.ts'
import type { PostfixSources } from '../src/resources/postfix/settings/sources.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { milterAnswers, type MilterAnswers } from '../src/resources/milters/milter-answers.ts'
import { postfixParameters, type PostfixParameters } from '../src/resources/postfix/postfix-parameters.ts'
import { postfixServices, postfixSources, type PostfixServices } from '../src/resources/postfix/postfix-services.ts'
import type { Signer } from '../src/signers/signer.ts'
import { hostSigner, SIGNERS } from '../src/signers/signers.ts'

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
  /** Of the signer. */
  readonly setup: unknown
}

/** The signer whose socket an argument of its name says. */
function saidOf(args: MiltersArgs): { readonly signer: Signer; readonly socket: string | undefined } {
  const said = new Map<string, string | undefined>(Object.entries({ ...args }))
  const signer = SIGNERS.find(({ name }) => said.get(name) !== undefined) ?? hostSigner({})
  return { signer, socket: said.get(signer.name) }
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
  probe: (args) =>
    joinProbes<MilterAnswers, unknown, MiltersState>(
      milterAnswers,
      [postfixParameters(undefined), postfixServices, saidOf(args).signer.milter.setup],
      (answers, [parameters, services, setup]) => ({
        answers,
        parameters: parameters as PostfixParameters,
        services: services as PostfixServices,
        setup,
      }),
      ({ answers, parameters, services, setup }) => [answers, [parameters, services, setup]],
    ),
  plan(args, { answers, parameters, services, setup }) {
    const { defaultAction } = args
    const {
      signer: { milter },
      socket,
    } = saidOf(args)
    if (!parameters.installed) return ok
    if (parameters.broken !== undefined) return blocked(`Postfix's configuration cannot be read: ${parameters.broken}`)
    const postfix = postfixSources(parameters, services)
    const problem = socket === undefined ? undefined : milter.problem(setup, socket, postfix)
    if (problem !== undefined) return blocked(problem)
    const main: readonly [string, string][] =
      defaultAction === undefined ? [] : [['milter_default_action', defaultAction]]
    const sources = { ...postfix, main: new Map([...postfix.main, ...main]) }
    const question: MilterQuestion = {
      sources,
      answers,
      expected: socket === undefined ? undefined : milter.expected(setup, socket, sources),
    }
    const dead = deadMilters(question)
    const stopping = dead.filter((each) => !isPassedOver(each))
    if (stopping.length > 0)
      return blocked([...stopping.map(wordsOn), ...keepMailFlowing(stopping, postfix)].join('\n'))
    const reported = [...dead.map(wordsOn), ...unseenMilters(question).map(wordsOnUnseen), ...unreadInstances(sources)]
    return reported.length === 0 ? ok : remarked(ok, { warning: reported.join('\n') })
  },
  writes: () => [],
  examples: [
    {
      title: 'Any milter of this host',
      beside: 'packages',
      args: {},
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
    {
      title: 'Before OpenDKIM is set up, and mail is to be deferred while it is down',
      beside: 'packages',
      args: { opendkim: 'local:/var/spool/postfix/opendkim/opendkim.sock', defaultAction: 'tempfail' },
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
  ],
})

const unreadInstances = ({ instances }: PostfixSources): readonly string[] =>
  instances.flatMap((each) =>
    'unread' in each ? [`whom the instance ${each.directory} of Postfix asks was not seen: ${each.unread}`] : [],
  )

/** What else helps where mail passes a dead milter today, and would not from now on. */
function keepMailFlowing(stopping: readonly DeadMilter[], { main }: PostfixSources): readonly string[] {
  const passes = main.get('milter_default_action')?.toLowerCase() === 'accept'
  return passes && stopping.some(({ uses: [use] }) => !use!.item.includes('default_action'))
    ? ['Mail passes without it as Postfix is now: milter_default_action: accept in the inventory leaves that so']
    : []
}
