import './page-drop.css';
import { useEffect, useState } from 'preact/hooks';
import type { Pick } from './picked.ts';
import { takeDropped } from './picked.ts';

/** The whole page as a place to drop files on. */
export function PageDrop({ onDrop }: { readonly onDrop: (files: Promise<Pick>) => void }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      // Without it the browser would open the file in place of the page.
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      // Of the window, not of what is in it.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      onDrop(takeDropped(event.dataTransfer)());
    };
    const listeners = [
      ['dragenter', over],
      ['dragover', over],
      ['dragleave', leave],
      ['drop', drop],
    ] as const;
    for (const [name, listen] of listeners) addEventListener(name, listen);
    return () => {
      for (const [name, listen] of listeners) removeEventListener(name, listen);
    };
  }, []);
  return isOver ? (
    <div class="page-drop" aria-hidden="true">
      <p>Drop files or a folder to make an index</p>
    </div>
  ) : null;
}
