import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress } from './state/address.ts';
import { watchIndexes } from './state/indexes.ts';

followAddress();
watchIndexes();
render(<App />, document.getElementById('page') as HTMLElement);
