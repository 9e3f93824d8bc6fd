// Compares ssh and mailrun on the files that ssh reads by itself; run by ssh-config.test.ts where those are mounted
// over. Prints JSON. Arguments: the ssh, and hosts.
import { valueOf } from '../../src/ssh/config/ask/answer.ts'
import { askSsh } from '../../src/ssh/config/ask/ask-ssh.ts'
import { destination, sshResolver } from '../../src/ssh/config/resolver.ts'
import { differencesOf, sshSays } from './ssh-oracle.ts'

export interface Here {
  readonly differences: readonly string[]
  /** Of the host `short`: where to connect, and the port. */
  readonly short: readonly (string | undefined)[]
  /** Processes for a fleet of 1,000 hosts, each with a user and a port of its own; of those, none where ssh refuses. */
  readonly questions: number
}

const [, , program = 'ssh', ...hosts] = process.argv
const differences: string[] = []
for (const words of [[], ['-p', '8'], ['-F', 'none'], ['-F', '/dev/null']]) {
  const wanted = hosts.map((host) => ({ host }))
  differences.push(...(await differencesOf(program, words, wanted, { destinations: 0, questions: 0 })))
}
let questions = 0
const resolver = sshResolver(undefined, (question) => {
  questions += 1
  return askSsh({ ...question, program })
})
resolver.begin()
const fleet = Array.from({ length: 1000 }, (_, index) => ({
  ...destination(`mx${index}.example.org`),
  user: `ops${index}`,
  port: 2200 + index,
}))
await Promise.all(fleet.map((each) => resolver.resolve(each))).catch(() => {})
const short = sshSays(program, [], destination('short'))
const value = (keyword: string): string | undefined =>
  'settings' in short ? valueOf(short.settings, keyword) : undefined
console.log(JSON.stringify({ differences, short: [value('hostname'), value('port')], questions } satisfies Here))
