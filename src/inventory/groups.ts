// Ansible's tree of groups, gathered from one inventory file after another.
import { isIP } from 'node:net'
import type { Node } from 'yaml'
import { MailrunError } from '../model/mailrun-error.ts'
import type { Var } from '../model/host.ts'
import { nearest } from '../text/nearest.ts'
import { expandRange } from './ranges.ts'
import type { YamlFile } from './yaml-file.ts'

export interface HostEntry {
  readonly vars: Map<string, Var>
  readonly where: string
}

export interface Group {
  readonly name: string
  /** file:line of where it is first named. */
  readonly where: string
  readonly hosts: Set<string>
  readonly children: Set<string>
  readonly vars: Map<string, Var>
}

export interface Groups {
  readonly groups: Map<string, Group>
  readonly hosts: Map<string, HostEntry>
}

export const noGroups = (): Groups => ({ groups: new Map([['all', newGroup('all', '')]]), hosts: new Map() })

const newGroup = (name: string, where: string): Group => ({ name, where, hosts: new Set(), children: new Set(), vars: new Map() })

const STRUCTURE = ['hosts', 'children', 'vars']

/** Adds a file; what it says again overrides what was said before. @throws MailrunError with file:line */
export function addFile(into: Groups, file: YamlFile, path: string): void {
  for (const { key, value, where } of file.entries(file.root, 'an inventory', path)) addGroup(into, file, key, value, where)
}

function addGroup(into: Groups, file: YamlFile, name: string, node: Node | null, where: string): void {
  checkName('group', name, where)
  const group = into.groups.get(name) ?? newGroup(name, where)
  into.groups.set(name, group)
  for (const entry of file.entries(node, `the group ${name}`, where)) {
    switch (entry.key) {
      case 'hosts':
        for (const each of file.entries(entry.value, `hosts of ${name}`, entry.where)) {
          for (const host of expandRange(each.key, each.where)) addHost(into, file, group, host, each.value, each.where)
        }
        break
      case 'children':
        for (const each of file.entries(entry.value, `children of ${name}`, entry.where)) {
          addGroup(into, file, each.key, each.value, each.where)
          group.children.add(each.key)
        }
        break
      case 'vars':
        addVars(group.vars, file, entry.value, `vars of ${name}`, entry.where)
        break
      default: {
        const near = nearest(entry.key, STRUCTURE)
        throw new MailrunError(`a group has hosts, children and vars, got ${JSON.stringify(entry.key)}${near ? `: did you mean ${near}?` : `; groups below ${name} go under children`}`, entry.where)
      }
    }
  }
}

function addHost(into: Groups, file: YamlFile, group: Group, name: string, node: Node | null, where: string): void {
  checkName('host', name, where)
  const host = into.hosts.get(name) ?? { vars: new Map(), where }
  into.hosts.set(name, host)
  group.hosts.add(name)
  addVars(host.vars, file, node, `the host ${name}`, where)
}

function addVars(into: Map<string, Var>, file: YamlFile, node: Node | null, what: string, where: string): void {
  for (const entry of file.entries(node, what, where)) into.set(entry.key, { value: file.value(entry.value), where: entry.where })
}

function checkName(what: string, name: string, where: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u.test(name) || (what === 'host' && isIP(name) !== 0)) return
  throw new MailrunError(`${JSON.stringify(name)} is no name for a ${what}: letters, digits, dots, hyphens and underscores are wanted`, where)
}
