import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mistakeLine } from '../../src/config/mistakes.ts';
import { parseYaml } from '../../src/config/yaml.ts';

const content = `# a comment
round:
  interval: 60s
  jitter:
platforms:
  - name: x
    targets: [{ name: x/website }]
`;

test('paths lead to lines and columns, of the value or of its key', () => {
  const { position } = parseYaml(content, 'a.yaml');
  expect(position(['round', 'interval'])).toEqual({ line: 3, column: 13 });
  expect(position(['round', 'interval'], true)).toEqual({ line: 3, column: 3 });
  expect(position(['platforms', 0, 'targets', 0, 'name'])).toEqual({ line: 7, column: 23 });
  // What is not there is shown at the nearest thing above it.
  expect(position(['platforms', 0, 'targets', 0, 'url'])).toEqual({ line: 7, column: 15 });
  expect(position(['push', 'remote_write'])).toEqual({ line: 2, column: 1 });
});

test('a key without a value is as good as absent, an item without a value is not', () => {
  const { value } = parseYaml('round:\n  jitter:\n  timeout: ~\nlist: [~]\n', 'a.yaml');
  expect(value).toEqual({ round: { jitter: undefined, timeout: undefined }, list: [null] });
});

test('an empty file and a file of comments have no value and no mistakes', () => {
  for (const text of ['', '# nothing\n', '---\n', '\ufeff']) {
    const { value, mistakes } = parseYaml(text, 'a.yaml');
    expect({ value: value ?? null, mistakes }).toEqual({ value: null, mistakes: [] });
  }
});

test('nesting that would exhaust the stack is a mistake, not a crash', () => {
  for (const open of ['[', '{a: ']) {
    const { mistakes, value } = parseYaml(`events: ${open.repeat(10_000)}`, 'a.yaml');
    expect(value).toBeUndefined();
    expect(mistakes.map(mistakeLine).join('\n')).toContain('nested too deeply');
  }
});

test('an anchor may be used, but not without end', () => {
  const use = (times: number) => parseYaml(`a: &a [1]\nb: [${Array(times).fill('*a').join(', ')}]\n`, 'a.yaml');
  expect(use(10).mistakes).toEqual([]);
  expect(use(60).mistakes).toHaveLength(1);
  // The billion laughs: nine lines that stand for 10^9 values.
  const laughs = [
    'a0: &a0 [1]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`),
  ];
  expect(parseYaml(laughs.join('\n'), 'a.yaml').mistakes).toHaveLength(1);
});

test('no text makes it throw, and every mistake stands somewhere', () => {
  const yamlish = fc
    .array(fc.constantFrom(...' \n\t:-[]{}&*!|>\'"#%@`?,ab1~'), { maxLength: 60 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string(), yamlish), (text) => {
      const { mistakes, position } = parseYaml(text, 'a.yaml');
      for (const { line, column } of mistakes) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      expect(position(['a', 0, 'b']).line).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 2000 },
  );
});
