// Writes docs/reference/cli.md from the help of the commands.
//   node packages/cli/scripts/reference.mjs            write the page
//   node packages/cli/scripts/reference.mjs --check    write nothing, exit 1 if the page is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../dist/program.js';

const page = fileURLToPath(new URL('../../../docs/reference/cli.md', import.meta.url));
const WIDTH = 100;

const text = reference();
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  console.error('docs/reference/cli.md is out of date: run node packages/cli/scripts/reference.mjs');
  process.exitCode = 1;
}

function reference() {
  const program = createProgram({ env: {} });
  const sections = [program, ...program.commands.flatMap((command) => [command, ...command.commands])].map(
    (command) => {
      const name = nameOf(command);
      return `## \`${name}\`\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
    },
  );
  return `# Command reference\n\n<!-- Written by packages/cli/scripts/reference.mjs from the help of the commands. -->\n\n${sections.join('\n')}`;
}

function nameOf(command) {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** The whole help, with what is added after the options. */
function helpOf(command) {
  const lines = [];
  const write = (line) => lines.push(line);
  command.configureOutput({
    writeOut: write,
    writeErr: write,
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return lines.join('').trimEnd();
}
