// Runs a function for each item of a list, a limited number at once. A failure does not stop the others.
import pLimit from 'p-limit'
import { LabError } from './lab-error.ts'

/** @throws the one failure, or a LabError that lists all. */
export async function atMost<T>(atOnce: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const limit = pLimit(atOnce)
  const outcomes = await Promise.allSettled(items.map((item) => limit(() => work(item))))
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
  const [failure] = failures
  if (failure !== undefined && failures.length === 1) throw failure
  if (failures.length > 1) throw new LabError(failures.map(({ message }) => message).join('\n'))
}
