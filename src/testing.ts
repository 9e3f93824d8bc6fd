// The public module `mailrun/testing`: what the tests of a task module need.
export { checkCase, type TaskCase } from './testing/check-case.ts'
export { brokenLaws, brokenForesight } from './testing/plan-laws.ts'
export { listedTask, planOf, testContext } from './testing/plan-of.ts'
export { tryTask, type Trial } from './testing/try-task.ts'
export { localConnect } from './ssh/local.ts'
