import { expect, it } from 'vitest';
import { readAddress, shownAddress } from './address.ts';
import { checkedSettings } from './options.ts';
import { isVectorRecent } from './schema.ts';

it.each([
  ['postgres://user@host:5432/database/films', 'postgres://user@host:5432/database', 'films', {}],
  ['postgresql://host/database', 'postgresql://host/database', 'finetooth', {}],
  ['postgres://host/database/', 'postgres://host/database', 'finetooth', {}],
  [
    'postgres://u:p%40ss@host/a%20b/c%2Fd%22?sslmode=require&ef=300&exact-below=0',
    'postgres://u:p%40ss@host/a%20b?sslmode=require',
    'c/d"',
    { ef: 300, exactBelow: 0 },
  ],
  ['postgres:///database/films?host=/var/run/postgresql', 'postgres:///database?host=/var/run/postgresql', 'films', {}],
  [
    'postgres://[::1]:6543/database/films?m=8&ef-construction=16&generation=2',
    'postgres://[::1]:6543/database',
    'films',
    { m: 8, efConstruction: 16, generation: 2 },
  ],
])('reads %s', (address, connectionString, index, settings) => {
  expect(readAddress(address)).toMatchObject({ connectionString, index, settings });
});

it.each([
  ['postgres://host', 'names no database'],
  ['postgres://host/a/b/c', 'more than a database and an index'],
  ['postgres://host//b', 'empty or damaged part'],
  ['postgres://host/a/%ff', 'empty or damaged part'],
  ['mysql://host/a/b', 'is not an address of an index in PostgreSQL'],
  ['postgres://u:secret@host:port/a/b', 'is not an address of an index in PostgreSQL'],
  ['postgres://host/a/pg_films', 'one of PostgreSQL itself'],
  ['postgres://host/a/information_schema', 'one of PostgreSQL itself'],
  [`postgres://host/a/${'é'.repeat(32)}`, 'longer than 63 bytes'],
  ['postgres://host/a/x%00y', 'does not take in names'],
  ['postgres://u:secret@host/a/b?eff=3', 'Did you mean "ef"?'],
  ['postgres://u:secret@host/a/b?sslmod=require', 'Did you mean "sslmode"?'],
  ['postgres://u:secret@host/a/b?ef=9', 'a whole number from 10 to 1000; got 9'],
  ['postgres://u:secret@host/a/b?ef=many', 'a whole number from 10 to 1000; got "many"'],
  ['postgres://u:secret@host/a/b?ef=', 'got ""'],
  ['postgres://u:secret@host/a/b?m=70', 'must be at least twice "m"'],
])('refuses %s', (address, reason) => {
  expect(() => readAddress(address)).toThrow(expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(reason) }));
  expect(() => readAddress(address)).not.toThrow(/secret/);
});

it('shows no password, wherever it stands', () => {
  for (const address of [
    'postgres://u:secret@host/a/b',
    'postgres://host/a/b?password=secret',
    'postgres://host/a/b?options=-c%20x.secret=1',
    'postgres://u:sec@ret@host:port/a',
  ])
    expect(shownAddress(address)).not.toMatch(/sec/);
  expect(shownAddress('postgres://u:secret@host/a/b?ef=20')).toBe('postgres://u@host/a/b?ef=20');
});

it('checks what a program passes, and says it in its words', () => {
  expect(checkedSettings({})).toMatchObject({ ef: 600, m: 16, exactBelow: 20_000, connections: 8 });
  expect(() => checkedSettings({ ef: 0 })).toThrow('ef is a whole number from 10 to 1000; got 0.');
  expect(() => checkedSettings({ connections: 1.5 })).toThrow('connections is a whole number');
});

it.each([
  ['0.8.3', false],
  ['0.8.4', true],
  ['0.8.10', true],
  ['0.9', true],
  ['1.0.0', true],
  ['0.7.9', false],
])('takes pgvector %s: %s', (version, isTaken) => {
  expect(isVectorRecent(version)).toBe(isTaken);
});
