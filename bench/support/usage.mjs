// What a tree of processes has used, read from /proc: Linux only.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const MICROSECONDS_PER_TICK = 1e6 / Number(spawnSync('getconf', ['CLK_TCK']).stdout?.toString() || 100);

/** The process ids of a process and all its descendants. */
export function processTree(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const fields = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    if (fields === undefined) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** The CPU time of the processes so far, user and system, in microseconds. */
export function cpuMicroseconds(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statOf(pid);
    if (fields !== undefined) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * MICROSECONDS_PER_TICK;
}

/** The memory of the processes in megabytes: `VmRSS` is what they hold now, `VmHWM` the most they ever held. */
export function memoryMb(pids, key) {
  let kilobytes = 0;
  for (const pid of pids)
    kilobytes += Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readProc(pid, 'status'))?.[1] ?? 0);
  return kilobytes / 1024;
}

/** The fields of /proc/PID/stat after the command's name, or undefined where the process has gone. */
function statOf(pid) {
  const text = readProc(pid, 'stat');
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
