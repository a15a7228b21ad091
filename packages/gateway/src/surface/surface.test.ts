import type { Result } from '@switchyard/wire';
import { describe, expect, it } from 'vitest';
import type { View, Viewed } from '../views/view.ts';
import { Surface } from './surface.ts';

const viewed = { method: 'tools/list' } as Viewed; // the views here look at nothing else
const source = { ask: () => Promise.reject(new Error('nobody asks')) };
const LIST: Result = { resultType: 'complete', cacheScope: 'public', ttlMs: 5000, tools: ['a', 'b'] };

function view(name: string, parts: Partial<View> = {}): View {
  return {
    name,
    perCaller: false,
    concerns: (method) => method === 'tools/list',
    key: () => name,
    apply: (result) => ({ ...result, seen: [...((result['seen'] as string[]) ?? []), name] }),
    ...parts,
  };
}

describe('a surface', () => {
  it('shows a result through the views that it concerns, in order, and leaves the given one alone', async () => {
    const other = view('other', { concerns: () => false });
    const late = view('late', { apply: async (result) => ({ ...result, late: result['seen'] }) });
    const surface = new Surface({ source, views: [view('one'), other, view('two'), late] });
    expect(await surface.show(LIST, viewed)).toEqual({
      ...LIST,
      seen: ['one', 'two'],
      late: ['one', 'two'],
    });
    expect(LIST).not.toHaveProperty('seen');
    expect([surface.concerns('tools/list'), surface.concerns('tools/call')]).toEqual([true, false]);
  });

  it('lets the scope only shrink, and the time to live as it is', async () => {
    const personal = view('personal', { perCaller: true, apply: (result) => result });
    const scopeOf = async (views: readonly View[], cacheScope: string) => {
      const shown = await new Surface({ source, views }).show({ ...LIST, cacheScope }, viewed);
      expect(shown['ttlMs']).toBe(5000);
      return shown['cacheScope'];
    };
    expect(await scopeOf([personal], 'public')).toBe('private');
    expect(await scopeOf([personal], 'private')).toBe('private');
    expect(await scopeOf([view('same for all')], 'public')).toBe('public');
  });

  it('shows its views whatever a server says that its result is', async () => {
    const surface = new Surface({ source, views: [view('one')] });
    for (const resultType of ['input_required', 'task', 'com.example/other']) {
      const result: Result = { ...LIST, resultType };
      expect(await surface.show(result, viewed)).toEqual({ ...result, seen: ['one'] });
    }
  });

  it('fails where a view fails: nothing is shown unseen', async () => {
    const broken = view('broken', { apply: () => Promise.reject(new Error('no store')) });
    const surface = new Surface({ source, views: [broken] });
    await expect(surface.show(LIST, viewed)).rejects.toThrow('no store');
  });
});
