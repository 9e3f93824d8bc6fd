// Reads an inventory in Ansible's YAML form: groups with hosts, vars and children.
import type { Node } from 'yaml'
import { MailrunError } from '../core/mailrun-error.ts'
import { nearest } from '../text/nearest.ts'
import { expandHostPattern } from './host-pattern.ts'
import { addChild, addGroup, addHost, setGroupVar, type Tree } from './tree.ts'
import type { YamlFile } from './yaml-file.ts'

const STRUCTURE = ['hosts', 'children', 'vars']

/** @throws MailrunError with file:line */
export function addYaml(tree: Tree, file: YamlFile, path: string): void {
  const entries = file.entries(file.root, 'an inventory', path)
  const plugin = entries.find(({ key }) => key === 'plugin')
  if (plugin) {
    throw new MailrunError(
      "this configures one of Ansible's inventory plugins, which are not run: " +
        'let ansible-inventory --list --yaml write the hosts out',
      plugin.where,
    )
  }
  for (const { key, value, where } of entries) readGroup(tree, file, key, value, where)
}

function readGroup(tree: Tree, file: YamlFile, name: string, node: Node | null, where: string): void {
  if (name.trim() === '' || /\s/.test(name))
    throw new MailrunError(`${JSON.stringify(name)} is no name for a group`, where)
  const group = addGroup(tree, name, where)
  for (const entry of file.entries(node, `the group ${name}`, where)) {
    switch (entry.key) {
      case 'hosts':
        for (const each of file.names(entry.value, `hosts of ${name}`, entry.where)) readHosts(tree, file, name, each)
        break
      case 'children':
        for (const each of file.names(entry.value, `children of ${name}`, entry.where)) {
          readGroup(tree, file, each.key, each.value, each.where)
          addChild(tree, name, each.key, each.where)
        }
        break
      case 'vars':
        for (const each of file.entries(entry.value, `vars of ${name}`, entry.where))
          setGroupVar(group, each.key, { value: file.value(each.value), where: each.where })
        break
      default: {
        const near = nearest(entry.key, STRUCTURE)
        const hint = near ? `: did you mean ${near}?` : `; groups below ${name} go under children`
        throw new MailrunError(
          `a group has hosts, children and vars, got ${JSON.stringify(entry.key)}${hint}`,
          entry.where,
        )
      }
    }
  }
}

function readHosts(
  tree: Tree,
  file: YamlFile,
  group: string,
  { key, value, where }: { readonly key: string; readonly value: Node | null; readonly where: string },
): void {
  const { names, port } = expandHostPattern(key, where)
  const vars = file
    .entries(value, `the host ${key}`, where)
    .map((entry) => [entry.key, { value: file.value(entry.value), where: entry.where }] as const)
  for (const name of names) {
    const host = addHost(tree, name, group, port, where)
    for (const [name, given] of vars) host.vars.set(name, given)
  }
}
