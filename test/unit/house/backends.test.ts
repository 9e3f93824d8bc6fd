// The house: no source but its own folder knows by what name a DNS backend works.
import * as assert from 'uvu/assert'
import { BACKENDS } from '../../../src/dns/backends/backends.ts'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('backends')

const FOLDER = 'src/dns/backends/'
/** Programs and files of name servers, and the names by which an inventory chooses them. */
const NAMED =
  /\b(?:nsupdate|knotc?|rndc|tsig-keygen|ddns-confgen|named(?:-check\w+|\.conf)|session\.key|bind9[\w-]*)\b/i

const sources = repositoryFiles().filter((path) => /^(?:src|tasks|playbooks|templates|inventory)\//.test(path))
const namesOf = (path: string): readonly string[] =>
  textOf(path)
    .split('\n')
    .flatMap((line, index) => (NAMED.test(line) ? [`${path}:${index + 1}`] : []))

test('no file but those of backends names the programs of a name server', () => {
  const others = sources.filter((path) => !path.startsWith(FOLDER))
  assert.ok(others.length > 300)
  assert.equal(others.flatMap(namesOf), [])
})

test('what backends share names none of them but in the list', () => {
  const shared = sources.filter((path) => /^src\/dns\/backends\/[\w-]+\.ts$/.test(path))
  assert.ok(shared.includes('src/dns/backends/backend.ts'))
  assert.equal(shared.filter((path) => path !== 'src/dns/backends/list.ts').flatMap(namesOf), [])
})

test('each backend is a folder of its own', () => {
  const folders = sources.flatMap((path) => /^src\/dns\/backends\/([\w-]+)\//.exec(path)?.[1] ?? [])
  assert.is(new Set(folders).size, BACKENDS.length)
})

test.run()
