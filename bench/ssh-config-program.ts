// Finds out how the hosts mx0, mx1, … are reached, connects to none, and prints how many processes of ssh this took.
// Arguments: the ssh_config, or `none`; the number of hosts.
import { askSsh } from '../src/ssh/config/ask/ask-ssh.ts'
import { destination, sshResolver } from '../src/ssh/config/resolver.ts'

const [, , file, count] = process.argv
let processes = 0
const resolver = sshResolver(file, (question) => {
  processes += 1
  return askSsh(question)
})
resolver.begin()
await Promise.all(Array.from({ length: Number(count) }, (_, index) => resolver.resolve(destination(`mx${index}`))))
process.stdout.write(`${processes}\n`)
