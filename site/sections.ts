/** What the site is made of, in the order in which it is read. A test holds every page of docs/ to be in it. */

export interface Section {
  readonly title: string;
  /** Files of the repository. */
  readonly pages: readonly string[];
}

export const sections: readonly Section[] = [
  {
    title: 'Start',
    pages: ['README.md', 'docs/quick-start.md', 'docs/install.md', 'docs/guide-example.md', 'docs/alternatives.md'],
  },
  {
    title: 'Understand',
    pages: [
      'docs/concepts.md',
      'docs/reranking.md',
      'docs/models.md',
      'docs/embedders.md',
      'docs/words.md',
      'docs/sparse.md',
      'docs/evaluation.md',
      'docs/measures.md',
      'docs/parts.md',
    ],
  },
  {
    title: 'Do',
    pages: [
      'docs/examples.md',
      'docs/filters.md',
      'docs/facets.md',
      'docs/vectors.md',
      'docs/page.md',
      'docs/serving.md',
      'docs/applications.md',
      'docs/hosted.md',
      'docs/scale.md',
      'docs/upkeep.md',
      'docs/integrations.md',
      'docs/mcp.md',
      'docs/browser.md',
      'docs/contracts.md',
      'docs/coming-from.md',
    ],
  },
  {
    title: 'Look up',
    pages: ['docs/library.md', 'docs/commands.md', 'docs/plan.md', 'docs/formats.md', 'docs/errors.md', 'docs/api-keys.md'],
  },
  {
    title: 'Figures',
    pages: ['docs/results.md', 'docs/benchmarks.md', 'docs/clients.md', 'docs/clients-python.md', 'docs/faults.md', 'docs/dependencies.md'],
  },
  {
    title: 'The project',
    pages: [
      'SECURITY.md',
      'docs/stability.md',
      'docs/migration.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'docs/README.md',
      'docs/architecture.md',
      'docs/releasing.md',
    ],
  },
];
