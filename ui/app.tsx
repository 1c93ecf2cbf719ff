import { useEffect } from 'preact/hooks';
import { Header } from './header.tsx';
import { keepFocus } from './parts/kept-focus.ts';
import { KeyDialog } from './parts/key-dialog.tsx';
import { hearKeys, KeyList, keysShown, useKeys } from './parts/keys.tsx';
import { lazy } from './parts/lazy.tsx';
import { LiveRegion } from './parts/live-region.tsx';
import { UnreadNote } from './parts/unread-note.tsx';
import { Search } from './search/search.tsx';
import { go, type View, view } from './state/address.ts';
import { UploadDialog, uploadShown } from './upload/upload-dialog.tsx';

const Judge = lazy(() => import('./judge/judge.tsx').then((module) => module.Judge));
const Tune = lazy(() => import('./tune/tune.tsx').then((module) => module.Tune));

const shown: Readonly<Record<View, () => preact.JSX.Element>> = {
  search: () => <Search />,
  judge: () => <Judge />,
  tune: () => <Tune />,
};

export function App() {
  useEffect(hearKeys, []);
  useEffect(keepFocus, []);
  useKeys('Everywhere', [
    { key: '/', about: 'go to the query', run: () => document.getElementById('query')?.focus() },
    { key: 's', about: 'search', run: () => go({ view: 'search' }) },
    { key: 'g', about: 'judge', run: () => go({ view: 'judge' }) },
    { key: 't', about: 'tune', run: () => go({ view: 'tune' }) },
    { key: 'a', about: 'add files', run: () => (uploadShown.value = true) },
    { key: '?', about: 'show these keys', run: () => (keysShown.value = true) },
  ]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the results
      </a>
      <Header />
      <main id="main" tabIndex={-1} data-view={view}>
        <UnreadNote />
        {shown[view.value]()}
      </main>
      <KeyList />
      <KeyDialog />
      <UploadDialog />
      <LiveRegion />
    </>
  );
}
