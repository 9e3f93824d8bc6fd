// What the reader of OpenDKIM's configuration says of configurations that people have.
import * as assert from 'uvu/assert'
import {
  isSigned,
  opendkimConfiguration,
  signaturesOf,
  type FileText,
} from '../../../src/signers/opendkim/configuration/index.ts'
import { CASES } from '../../signers/cases.ts'
import { suite } from '../../suite.ts'

const test = suite('signers/cases')

for (const { name, files, signed } of CASES)
  test(name, () => {
    const read = new Map<string, FileText>(
      Object.entries(files).map(([path, text]) => [`/etc/${path}`, { kind: 'text', text }]),
    )
    const configuration = opendkimConfiguration({ words: [], files: read })
    assert.equal(configuration.notUnderstood, [])
    for (const [sender, wanted] of Object.entries(signed)) {
      const how = signaturesOf(configuration, sender)
      const reported = isSigned(how)
        ? how.map(({ domain, selector, identity }) => [domain, selector, ...(identity === undefined ? [] : [identity])])
        : how
      assert.equal(reported, wanted, sender)
    }
  })

test.run()
