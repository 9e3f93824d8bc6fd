// `npm run new task NAME`: writes the files of a new task module for you to fill in.
import { join } from 'node:path'
import { newTask, NewTaskError } from './new-task.ts'

const USAGE = 'usage: npm run new task NAME   (such as: npm run new task mailAlias)'

const [kind, name, ...more] = process.argv.slice(2)
process.exitCode = kind === 'task' && name !== undefined && more.length === 0 ? make(name) : refuse(USAGE)

function make(task: string): number {
  try {
    const { module, test, list } = newTask(join(import.meta.dirname, '..'), task)
    console.log(`written: ${module}
written: ${test}
a line:  ${list}

Next: make them say what the task is to do, then
  npm run docs
  npm run test:unit -- tasks docs house`)
    return 0
  } catch (error) {
    if (error instanceof NewTaskError) return refuse(error.message)
    throw error
  }
}

function refuse(why: string): number {
  console.error(why)
  return 1
}
