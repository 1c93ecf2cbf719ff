import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress } from './state/address.ts';
import { watchIndexes } from './state/indexes.ts';
import { followQuery } from './state/rankings.ts';

followAddress();
watchIndexes();
followQuery();
render(<App />, document.getElementById('page') as HTMLElement);
