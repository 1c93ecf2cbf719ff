/** How do I combine results of two sources? Their scores do not compare, their ranks do: fuse the lists by reciprocal ranks, then rerank what is left. */
import { rerank } from 'finetooth';
import { fuse } from 'finetooth/rerankers';

const hit = (id: string, score: number, text: string) => ({ id, score, document: { text } });
const wiki = [hit('wiki/vpn', 12.1, 'How to set up the VPN on a phone.'), hit('wiki/printer', 9.4, 'The printer on the second floor.')];
const tickets = [
  hit('ticket/77', 0.81, 'The VPN drops when the laptop wakes up; a new driver helped.'),
  hit('ticket/12', 0.8, 'My screen stays black.'),
  hit('wiki/vpn', 0.7, 'How to set up the VPN on a phone.'),
];

const fused = fuse([wiki, tickets], 50);
console.log('fused:   ', fused.map(({ id }) => id).join(' '));

const { results } = await rerank('VPN breaks off after sleep', fused, { fields: ['text'], top: 2 });
console.log('reranked:', results.map(({ document }) => document.id).join(' '));
