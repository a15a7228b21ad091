import type { TaskRun, TaskSnapshot } from '@switchyard/tasks';
import { isTerminal } from '@switchyard/tasks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance } from './world.ts';
import { OWNER, question, saying, World } from './world.ts';

/** What may happen next: to time, to an instance, to a task. */
type Chance =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'create' | 'freeze' | 'thaw' | 'replace' | 'close' | 'cancel'; readonly at: number }
  | { readonly kind: 'answer'; readonly at: number; readonly text: string };

const at = fc.nat(20);
const chances: fc.Arbitrary<Chance> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 60, 900, 6_000, 14_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), at }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), at, text: fc.constantFrom('x', 'y', 'z') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'thaw' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('replace' as const, 'close' as const, 'cancel' as const),
      at,
    }),
  },
);

describe('whatever happens to instances, tasks', () => {
  it('end once and rightly: nothing lost, nothing done again that was kept, no answer taken twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chances, { minLength: 10, maxLength: 60, size: 'max' }), async (history) => {
        const story = new Story();
        for (const chance of history) await story.happen(chance);
        await story.settle();
        expect(story.faults).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** Three instances, some tasks, and everything that must hold about them. */
class Story {
  readonly faults: string[] = [];
  readonly #world = new World();
  readonly #instances: Instance[] = [];
  readonly #ids: string[] = [];
  readonly #ended = new Map<string, TaskSnapshot>();
  readonly #answers = new Map<string, string>();
  readonly #done = new Set<string>();

  constructor() {
    for (let count = 0; count < 3; count += 1) this.#instances.push(this.#start());
    this.#world.store.subscribe(({ id }) => void this.#watch(id));
  }

  async happen(chance: Chance): Promise<void> {
    if (chance.kind === 'pass') return this.#world.pass(chance.ms);
    const instance = this.#instances[chance.at % this.#instances.length];
    const id = this.#ids[chance.at % Math.max(1, this.#ids.length)];
    if (instance === undefined) return;
    if (chance.kind === 'freeze') instance.freeze();
    if (chance.kind === 'thaw') instance.thaw();
    if (chance.kind === 'replace' || chance.kind === 'close') {
      if (chance.kind === 'replace') instance.kill();
      // A frozen instance never gets to it.
      else void instance.engine.close({ timeoutMs: 100 });
      this.#instances[chance.at % this.#instances.length] = this.#start();
    }
    if (chance.kind === 'create' && instance.isAwake && this.#ids.length < 5) {
      const { task } = await instance.engine.create({ owner: OWNER, tool: 'tool', params: {} });
      this.#ids.push(task.id);
    }
    if (chance.kind === 'cancel' && id !== undefined) await this.#world.store.cancel({ id, owner: OWNER });
    if (chance.kind === 'answer' && id !== undefined) await this.#answer(id, chance.text);
    await this.#world.pass(1);
  }

  /** Everybody who is left works until all is done. */
  async settle(): Promise<void> {
    this.#instances.push(this.#start());
    for (let round = 0; round < 60 && this.#ended.size < this.#ids.length; round += 1) {
      await this.#world.pass(3_000);
      for (const id of this.#ids) await this.#answer(id, 'late');
    }
    for (const id of this.#ids) await this.#judge(id);
  }

  #start(): Instance {
    const instance = this.#world.instance({ parkMs: 500 });
    instance.engine.handle('tool', (run) => this.#work(run, instance), {
      attempts: 50,
      ttlMs: null,
      backoff: { baseMs: 50, maxMs: 100 },
    });
    instance.engine.start();
    return instance;
  }

  async #work(run: TaskRun, instance: Instance) {
    const one = await run.step('one', () => this.#effect(run, 'one', instance));
    this.#done.add(`${run.id} one`);
    const answers = await Promise.all([run.ask(question('a')), run.ask(question('b'), { key: 'b' })]);
    const two = await run.step('two', async () => {
      await new Promise<void>((resolve) => instance.environment.after(300, resolve));
      return this.#effect(run, 'two', instance);
    });
    if (this.#world.random() < 0.3) throw new Error('by chance');
    return saying(JSON.stringify({ one, two, answers }));
  }

  /** Whoever has the lease does a step again only as long as no result of it is kept: never once a run went on from it. */
  async #effect(run: TaskRun, name: string, instance: Instance): Promise<string> {
    const task = await this.#world.store.inspect(run.id);
    const done =
      this.#done.has(`${run.id} ${name}`) || (task !== undefined && Object.hasOwn(task.steps, name));
    if (done && task?.worker === instance.worker) this.#fault(`${run.id} did ${name} again`);
    return `${name} of ${run.id}`;
  }

  async #answer(id: string, text: string): Promise<void> {
    const open = (await this.#world.see(id)).open.map(({ key }) => key);
    const [key] = open;
    if (key === undefined) return;
    const answers = { [key]: JSON.stringify({ action: 'accept', content: { text } }) };
    const answered = await this.#world.store.answer({ id, owner: OWNER, answers });
    for (const taken of answered?.accepted ?? []) {
      if (this.#answers.has(`${id} ${taken}`)) this.#fault(`${id} took ${taken} twice`);
      this.#answers.set(`${id} ${taken}`, text);
    }
  }

  async #watch(id: string): Promise<void> {
    const task = await this.#world.see(id);
    const ended = this.#ended.get(id);
    if (ended !== undefined && JSON.stringify(ended) !== JSON.stringify(task))
      this.#fault(`${id} changed after its end`);
    if (isTerminal(task.status)) this.#ended.set(id, task);
  }

  async #judge(id: string): Promise<void> {
    const task = await this.#world.dossier(id);
    if (task.status === 'cancelled') return;
    if (task.status !== 'completed') return this.#fault(`${id} is ${task.status} (${task.statusMessage})`);
    const said: unknown = JSON.parse(JSON.parse(task.result ?? '{}').content[0].text);
    const answers = ['elicitation-1', 'b'].map((key) => ({
      action: 'accept',
      content: { text: this.#answers.get(`${id} ${key}`) },
    }));
    const wanted = { one: `one of ${id}`, two: `two of ${id}`, answers };
    if (JSON.stringify(said) !== JSON.stringify(wanted)) this.#fault(`${id} said ${JSON.stringify(said)}`);
    if (task.questions.length !== 2) this.#fault(`${id} asked ${task.questions.length} questions`);
  }

  #fault(what: string): void {
    this.faults.push(what);
  }
}
