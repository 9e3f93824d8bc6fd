// The page of task modules, made from the modules themselves: `node dist/test/tasks-page.js > docs/tasks.md`; a unit test keeps it true.
import { inspect } from 'node:util'
import * as tasks from '../tasks/index.ts'
import type { TaskModule } from '../src/model/define-task.ts'

const ANSIBLE: Readonly<Record<string, string>> = {
  apt: 'ansible.builtin.apt', blockInFile: 'blockinfile', command: 'command, shell', copy: 'copy', directory: 'file: state=directory', dkimKey: 'opendkim-genkey by command', file: 'copy: content, file', group: 'group',
  hostname: 'hostname', lineInFile: 'lineinfile', opendkimTables: 'template', owner: 'file: recurse (chown -R)', postfixMap: 'a handler (postmap, newaliases)', postfixParameter: 'command: postconf -e', service: 'systemd, handlers',
  symlink: 'file: state=link', template: 'template', user: 'user',
}

export function tasksPage(): string {
  const parts = Object.values(tasks as unknown as Readonly<Record<string, TaskModule<object, unknown>>>).map(({ definition: { type, examples } }) => {
    const shown = examples.map(({ title, args }) => `// ${title}\n${type}(${inspect(args, { depth: 5, breakLength: 160, sorted: false })})`).join('\n')
    return `## ${type}\n\nIn Ansible: ${ANSIBLE[type] ?? 'none'}\n\n\`\`\`ts\n${shown}\n\`\`\`\n`
  })
  return `# Task modules\n\nImported from \`mailrun/tasks\`; every argument is explained in the editor. All take \`name\` and \`tags\` too.\nMade from the modules' examples, each of which is carried out on a real host in the tests.\n\n${parts.join('\n')}`
}

if (process.argv[1] === import.meta.filename) process.stdout.write(tasksPage())
