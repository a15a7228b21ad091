// A client in a process of its own: starts a task or takes one up, and prints what happens, line by line.
//   node follower.mjs <url> [reference]
import { createClient } from '@switchyard/client/node';
import { tasks } from '@switchyard/client/tasks';

const [url, reference] = process.argv.slice(2);
const work = tasks({ maxStreams: 1 });
const client = createClient({
  url,
  extensions: [work],
  handlers: {
    elicit: ({ message }) => {
      console.log(`asked ${message}`);
      return { action: 'accept', content: { name: 'Ann' } };
    },
  },
});
const handle = reference === undefined ? await work.start('import') : work.resume(reference);
let isAnswered = reference !== undefined;
for await (const { status } of handle.updates()) {
  console.log(`state ${status}`);
  isAnswered ||= Object.keys(JSON.parse(handle.serialize()).keys).length > 0;
  if (isAnswered && status === 'working') console.log(`reference ${handle.serialize()}`);
}
console.log(`result ${(await handle.result()).content[0].text}`);
await client.close();
