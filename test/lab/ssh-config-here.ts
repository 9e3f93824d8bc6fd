// Compares ssh and mailrun on the files that ssh reads by itself; run by ssh-config.test.ts where those are mounted
// over. Prints a JSON array.
import { difference, mailrunSays, sshSays } from './ssh-oracle.ts'

const pairs = JSON.parse(process.argv[2]!) as readonly { readonly words: readonly string[]; readonly host: string }[]
const results: unknown[] = []
for (const { words, host } of pairs) {
  const ssh = sshSays(words, host)
  results.push({
    host,
    words,
    refused: 'refused' in ssh,
    difference: difference(ssh, await mailrunSays(words, host)) ?? null,
    settings: 'settings' in ssh ? ssh.settings : ssh.refused,
  })
}
console.log(JSON.stringify(results))
