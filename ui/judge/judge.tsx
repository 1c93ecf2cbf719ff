import { useEffect } from 'preact/hooks';
import { query } from '../state/address.ts';
import { index, missingIndex } from '../state/indexes.ts';
import { Figures } from './figures.tsx';
import { JudgedQueries } from './judged-queries.tsx';
import { isLoaded } from './judged-state.ts';
import { followJudgments, loadFailure } from './judgments.ts';
import { followMeasure } from './measured.ts';
import { Pool, showConflict } from './pool-list.tsx';
import { SaveState } from './save-state.tsx';
import { Tools } from './tools.tsx';
import './judge.css';

/** Entry of the view: documents to grade, and what the grades say of both lists. */
export function Judge() {
  const name = index.value?.name;
  useEffect(() => (name === undefined ? undefined : followJudgments(name)), [name]);
  useEffect(followMeasure, []);
  return (
    <div class="judge">
      <div class="judge-main">
        <h1 class="unseen">Judge</h1>
        <Tools />
        <SaveState onConflict={showConflict} />
        {missingIndex.value !== undefined ? (
          <Hint words={`There is no index "${missingIndex.value}" here.`} detail="Choose another one above, or add files to make one." />
        ) : name === undefined ? (
          <Hint words="There is no index to judge." detail="Add files, and they become one." />
        ) : loadFailure.value !== undefined && !isLoaded.value ? (
          <Hint words="The judgments cannot be had." detail={loadFailure.value.message} />
        ) : query.value.trim() === '' ? (
          <Hint
            words="Type a query that people ask."
            detail="Then grade what is found, from 0 to 3. Twenty queries of ten documents tell more than ten of twenty."
          />
        ) : (
          <Pool index={name} />
        )}
      </div>
      <aside class="judge-side">
        <Figures />
        <JudgedQueries />
      </aside>
    </div>
  );
}

function Hint({ words, detail }: { readonly words: string; readonly detail: string }) {
  return (
    <div class="empty">
      <p class="empty-words">{words}</p>
      <p class="hint">{detail}</p>
    </div>
  );
}
