import { describe, expect, it } from 'vitest';
import { accepted, answers, asking, DONE, form, taskServer, WORKING } from './task-server.ts';

describe('questions of a task that it takes back', () => {
  it('are withdrawn from the user when the task goes on without them', async () => {
    const seen: string[] = [];
    let shown = false;
    const server = taskServer(
      {
        get: (_, count) => {
          if (count('tasks/update') > 0) return DONE;
          return asking(shown ? { b: form('Next?') } : { a: form('Old?'), b: form('Next?') });
        },
      },
      {
        handlers: {
          elicit: ({ message }, { signal }) => {
            if (message === 'Next?') return { action: 'accept', content: { name: 'x' } };
            shown = true;
            return new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => {
                seen.push('taken back');
                reject(signal.reason);
              });
            });
          },
        },
      },
    );
    await server.settled(server.client.callTool('slow'));
    expect(seen).toEqual(['taken back']);
    expect(answers(server)).toEqual([{ b: accepted('x') }]);
  });

  it('are not asked again when they come back after somebody has answered what was taken back [TASK-13]', async () => {
    const asked: string[] = [];
    let answer: (() => void) | undefined;
    const server = taskServer(
      {
        get: (turn, count) => {
          if (turn === 3) answer?.();
          if (turn === 2 || turn === 3) return WORKING;
          return count('tasks/update') > 0 ? DONE : asking({ a: form('Old?') });
        },
      },
      {
        handlers: {
          elicit: ({ message }) => {
            asked.push(message);
            const late = { action: 'accept', content: { name: 'late' } } as const;
            return new Promise((resolve) => (answer = () => resolve(late)));
          },
        },
      },
    );
    await server.settled(server.client.callTool('slow'));
    expect(asked).toEqual(['Old?']);
    expect(answers(server)).toEqual([{ a: accepted('late') }]);
  });

  it('count among those that it may ask', async () => {
    const asked: string[] = [];
    const server = taskServer(
      { get: (turn) => (turn > 20 ? DONE : asking({ [`q${turn}`]: form(`${turn}?`) })) },
      {
        handlers: {
          elicit: ({ message }, { signal }) => {
            asked.push(message);
            return new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(signal.reason));
            });
          },
        },
      },
      { maxInputs: 5 },
    );
    await expect(server.settled(server.client.callTool('slow'))).rejects.toMatchObject({
      code: 'too-many-rounds',
    });
    expect(asked).toEqual(['1?', '2?', '3?', '4?', '5?']);
  });
});
