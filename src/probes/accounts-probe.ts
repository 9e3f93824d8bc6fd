// Asks passwd(5), shadow(5) and group(5) about one account.
import { utf8 } from '../model/answer.ts'
import { fact, factAbout, type GroupFact, type UserFact } from '../model/fact.ts'
import { defineProbe, type Probe } from '../model/probe.ts'
import { sh } from '../shell/sh.ts'

export interface UserState {
  readonly is: UserFact
  /** The password's hash, as shadow(5) has it. */
  readonly password: string
}

export const userProbe = (name: string): Probe<UserState> =>
  defineProbe<UserState>({
    key: `user ${name}`,
    reads: [`user:${name}`],
    script: sh`getent passwd ${name}; echo; id -gn -- ${name} 2>/dev/null; echo; id -Gn -- ${name} 2>/dev/null; echo; getent shadow ${name} | cut -d: -f2`,
    parse({ stdout }) {
      const [passwd = '', group = '', groups = '', password = ''] = utf8(stdout).split('\n\n').map((part) => part.trim())
      if (passwd === '') return { is: { kind: 'absent' }, password: '' }
      const [, , uid, , comment = '', home = '', shell = ''] = passwd.split('\n')[0]!.split(':')
      return {
        is: { kind: 'user', uid: Number(uid), group, groups: groups.split(' ').filter((each) => each !== '' && each !== group).sort(), home, shell, comment, locked: /^[!*]/.test(password) },
        password,
      }
    },
    facts: ({ is }) => [fact('user', name, is)],
    foresee: (state, known) => {
      const told = factAbout(known, 'user', name)
      return told ? { ...state, is: told.value } : state
    },
  })

export const groupProbe = (name: string): Probe<GroupFact> =>
  defineProbe<GroupFact>({
    key: `group ${name}`,
    reads: [`group:${name}`],
    script: sh`getent group ${name} | cut -d: -f3`,
    parse: ({ stdout }) => (stdout.trim() === '' ? { kind: 'absent' } : { kind: 'group', gid: Number(stdout.trim()) }),
    facts: (state) => [fact('group', name, state)],
    foresee: (state, known) => factAbout(known, 'group', name)?.value ?? state,
  })
