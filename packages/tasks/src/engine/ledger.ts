import type { InputRequest, InputResponse } from '@switchyard/wire';
import type { OpenQuestion, Question } from '../state/row.ts';
import { TaskLimitError } from './errors.ts';

/** What a question comes to, as far as the ledger knows. */
export type Known =
  | { readonly state: 'answered'; readonly answer: InputResponse }
  /** It has been asked, or is to be. */
  | { readonly state: 'open'; readonly key: string };

/**
 * The questions of one task, as one run sees them. A key names one question for the life of the task: where a run asks something
 * else under a key, the question gets a key of its own, made from that one, and the old question is no longer wanted.
 */
export class Ledger {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  /** Asked in this run, and not written yet. */
  readonly #fresh = new Map<string, OpenQuestion>();
  /** Asked in this run. */
  readonly #wanted = new Set<string>();
  #questions: Map<string, Question>;

  constructor(questions: readonly Question[], most: number) {
    this.#questions = toMap(questions);
    this.#most = most;
  }

  /** What the store has now. */
  update(questions: readonly Question[]): void {
    this.#questions = toMap(questions);
  }

  /** Asks a question; without a key, questions are told apart by their order. Throws `TaskLimitError` where there are too many. */
  ask(request: InputRequest, key: string | undefined): Known {
    const text = JSON.stringify(request);
    const base = key ?? this.#nextKey(request.method);
    for (let count = 1; ; count += 1) {
      const candidate = count === 1 ? base : `${base}.${count}`;
      const known = this.#questions.get(candidate) ?? this.#fresh.get(candidate);
      if (known === undefined) return this.#add({ key: candidate, request: text });
      if (known.request !== text || ('state' in known && known.state === 'withdrawn')) continue;
      this.#wanted.add(candidate);
      return this.answerOf(candidate) ?? { state: 'open', key: candidate };
    }
  }

  /** The answer to a question, where there is one. */
  answerOf(key: string): (Known & { readonly state: 'answered' }) | undefined {
    const answer = this.#questions.get(key)?.answer;
    // It was checked to have the shape that its question calls for before it was kept.
    return answer === undefined
      ? undefined
      : { state: 'answered', answer: JSON.parse(answer) as InputResponse };
  }

  /** The questions to write, and the keys of those that nobody in this run has asked. */
  changes(): { readonly questions: readonly OpenQuestion[]; readonly withdraw: readonly string[] } {
    const open = [...this.#questions.values()].filter(({ state }) => state === 'open');
    const withdraw = open.filter(({ key }) => !this.#wanted.has(key)).map(({ key }) => key);
    return { questions: [...this.#fresh.values()], withdraw };
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** The changes have been written. */
  written({ questions, withdraw }: ReturnType<Ledger['changes']>): void {
    for (const question of questions) {
      this.#fresh.delete(question.key);
      this.#questions.set(question.key, { ...question, state: 'open' });
    }
    for (const key of withdraw) {
      const question = this.#questions.get(key);
      if (question !== undefined) this.#questions.set(key, { ...question, state: 'withdrawn' });
    }
  }

  #add(question: OpenQuestion): Known {
    if (this.#questions.size + this.#fresh.size >= this.#most)
      throw new TaskLimitError('too-many-questions', `A task can ask at most ${this.#most} questions.`);
    this.#fresh.set(question.key, question);
    this.#wanted.add(question.key);
    return { state: 'open', key: question.key };
  }

  #nextKey(method: string): string {
    const kind = method.slice(0, method.indexOf('/'));
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}-${count}`;
  }
}

const toMap = (questions: readonly Question[]): Map<string, Question> =>
  new Map(questions.map((question) => [question.key, question]));
