/** A language that code is in. */
export interface CodeLanguage {
  readonly name: string;
  readonly extensions: readonly string[];
  /** Of the package of grammars; absent where it has none, and files are split by lines. */
  readonly grammar?: string;
}

/** The languages that are read, by the extensions that they are known by. */
export const codeLanguages: readonly CodeLanguage[] = [
  { name: 'typescript', extensions: ['ts', 'mts', 'cts'], grammar: 'typescript' },
  { name: 'typescript', extensions: ['tsx'], grammar: 'tsx' },
  { name: 'javascript', extensions: ['js', 'mjs', 'cjs', 'jsx'], grammar: 'javascript' },
  { name: 'python', extensions: ['py', 'pyi', 'pyw'], grammar: 'python' },
  { name: 'go', extensions: ['go'], grammar: 'go' },
  { name: 'rust', extensions: ['rs'], grammar: 'rust' },
  { name: 'java', extensions: ['java'], grammar: 'java' },
  { name: 'csharp', extensions: ['cs'], grammar: 'c-sharp' },
  { name: 'c', extensions: ['c', 'h'], grammar: 'cpp' },
  { name: 'cpp', extensions: ['cpp', 'cc', 'cxx', 'hpp', 'hh', 'hxx'], grammar: 'cpp' },
  { name: 'ruby', extensions: ['rb', 'rake', 'gemspec', 'rakefile', 'gemfile'], grammar: 'ruby' },
  { name: 'php', extensions: ['php'], grammar: 'php' },
  { name: 'shell', extensions: ['sh', 'bash', 'zsh'], grammar: 'bash' },
  { name: 'powershell', extensions: ['ps1', 'psm1'], grammar: 'powershell' },
  { name: 'swift', extensions: ['swift'] },
  { name: 'kotlin', extensions: ['kt', 'kts'] },
  { name: 'scala', extensions: ['scala', 'sc'] },
  { name: 'groovy', extensions: ['groovy', 'gradle'] },
  { name: 'dart', extensions: ['dart'] },
  { name: 'lua', extensions: ['lua'] },
  { name: 'perl', extensions: ['pl', 'pm'] },
  { name: 'r', extensions: ['r'] },
  { name: 'julia', extensions: ['jl'] },
  { name: 'elixir', extensions: ['ex', 'exs'] },
  { name: 'erlang', extensions: ['erl', 'hrl'] },
  { name: 'haskell', extensions: ['hs'] },
  { name: 'ocaml', extensions: ['ml', 'mli'] },
  { name: 'fsharp', extensions: ['fs', 'fsx'] },
  { name: 'clojure', extensions: ['clj', 'cljs', 'cljc'] },
  { name: 'zig', extensions: ['zig'] },
  { name: 'nim', extensions: ['nim'] },
  { name: 'objective-c', extensions: ['m', 'mm'] },
  { name: 'vue', extensions: ['vue'] },
  { name: 'svelte', extensions: ['svelte'] },
  { name: 'css', extensions: ['css', 'scss', 'sass', 'less'] },
  { name: 'sql', extensions: ['sql'] },
  { name: 'graphql', extensions: ['graphql', 'gql'] },
  { name: 'protobuf', extensions: ['proto'] },
  { name: 'terraform', extensions: ['tf', 'hcl'] },
  { name: 'yaml', extensions: ['yaml', 'yml'] },
  { name: 'toml', extensions: ['toml'] },
  { name: 'make', extensions: ['mk', 'makefile'] },
  { name: 'docker', extensions: ['dockerfile'] },
  { name: 'wat', extensions: ['wat'] },
];

/** What programs write, and no one reads: minified code, lists of versions. */
export const isGenerated = (path: string): boolean => /\.min\.(?:js|mjs|css)$|(?:^|\/)pnpm-lock\.yaml$/i.test(path);
