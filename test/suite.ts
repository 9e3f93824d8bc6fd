// A uvu suite by name; `test/run.ts` fails every file whose suites ran no test.
import { suite as uvuSuite } from 'uvu'

type Suite = ReturnType<typeof uvuSuite>
type Hook = Parameters<Suite['before']>[0]

/**
 * Where `before` fails none of its tests runs, and uvu does not say why: this does. What `before` did not make, `after`
 * cannot take away: its error would only hide the first.
 */
export function suite(name: string): Suite {
  const made = uvuSuite(name)
  const { before, after } = made
  let isReady = true
  const telling =
    (hook: Hook): Hook =>
    async (context) => {
      try {
        await hook(context)
      } catch (error) {
        isReady = false
        console.error('before any test:', error)
        throw error
      }
    }
  const lenient =
    (hook: Hook): Hook =>
    async (context) => {
      try {
        await hook(context)
      } catch (error) {
        if (isReady) throw error
      }
    }
  made.before = Object.assign((hook: Hook) => before(telling(hook)), { each: before.each })
  made.after = Object.assign((hook: Hook) => after(lenient(hook)), { each: after.each })
  return made
}
