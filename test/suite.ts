// A uvu suite by name; `test/run.ts` fails every file whose suites ran no test.
import { suite as uvuSuite } from 'uvu'

type Suite = ReturnType<typeof uvuSuite>
type Hook = Parameters<Suite['before']>[0]

/** Where `before` fails none of its tests runs, and uvu does not say why: this does. */
export function suite(name: string): Suite {
  const made = uvuSuite(name)
  const { before } = made
  const telling =
    (hook: Hook): Hook =>
    async (context) => {
      try {
        await hook(context)
      } catch (error) {
        console.error('before any test:', error)
        throw error
      }
    }
  made.before = Object.assign((hook: Hook) => before(telling(hook)), { each: before.each })
  return made
}
