/** The third answers the question; the others share its words. */
export const query = 'How do bats find their way in the dark?';
export const documents = [
  'A baseball bat is made of ash or maple.',
  'The city keeps its street lamps dark to save money.',
  'Bats navigate by echolocation: they call and listen for the echo that comes back from walls and moths.',
  'The price of wheat rose again in spring.',
];
export const titles = ['Sports', 'Lamps', 'Echolocation', 'Markets'];
export const objects = documents.map((text, i) => ({ title: titles[i], text }));
export const right = 2;
