/** Characters of a text that are looked at. */
const SAMPLE = 1000;

/**
 * Languages in Latin letters, by code of ISO 639-1 and name: words that hold sentences together and that English does not have, then some that other languages or
 * English texts have too (names, loans), then letters beyond a to z.
 */
const table: readonly (readonly [code: string, name: string, own: string, shared: string, letters: string])[] = [
  [
    'de',
    'German',
    'und das ist nicht ein eine einen einem einer eines mit auf für dem sich auch wie werden wird wurde wurden sind nach bei oder aus durch über kann können haben hatte sein ich wir sie ihr ihre noch nur aber wenn dass zum zur vom beim mehr sehr kein keine welche welcher welches warum wo wann viele wieviel gibt diese dieser dieses zwischen gegen unter ohne seit muss müssen soll ihrer seine seiner denn doch darf jeder jede jedes jeden dazu dabei damit wenig gut beste besten suche brauche',
    'der die den des von im als es um am an in was so war man hat',
    'äöüß',
  ],
  [
    'fr',
    'French',
    "les une dans avec que qui aux sont cette ces nous vous ils elle elles leur leurs mais où comme être été fait avoir quel quelle quels quelles pourquoi quand combien sans sous aussi très peut ses après avant chez donc alors selon depuis dont cela même moins ainsi lors entre vers tout tous toutes votre notre faire peuvent était toute chaque droit meilleur meilleure recette façon quelque quelques doit doivent peu jamais rien fois an ans qu'est-ce ceux celle celui lorsque tant afin",
    'le la des est un du de et pour sur ne pas par au ce ou sa il je deux à plus en son se mon a y',
    'éèêàâçùûîïôëœ',
  ],
  [
    'es',
    'Spanish',
    'una como más pero este esta estos estas fue muy sobre cuando cómo qué cuál cuáles dónde quién cuánto cuántos donde porque también hay hasta desde tiene tienen puede pueden están está había cada otros otra todo todos nosotros ellos según durante años año mejor ser sus han entre sin embargo cual hacer parte sido esto toda persona derecho ni nadie mejores cosas hacia él tu mis sino ello esa ese eso unos unas además siempre fuera tal quiero',
    'el la los las de del que en un es por para con se su al lo ha ya no son le y o nos a',
    'áéíóúñ',
  ],
  [
    'pt',
    'Portuguese',
    'uma não são foi mais seu sua seus suas pelo pela pelos pelas quando onde qual quais quem porque também já até isso você eles elas muito sem sobre ter tem têm está estão anos depois ainda cada como ao aos nas num numa fazer pode podem melhor este esta esse essa entre mesmo foram seja é pessoa direito toda todo todos ninguém qualquer melhores fora sempre nem esses essas tal quero',
    'os em um que e com para por no na nos da dos das do de se ou as mas eu ser à o a',
    'ãõçáéíóúâêôà',
  ],
  [
    'it',
    'Italian',
    'della delle dei degli gli che è una sono più anche questo questa questi queste essere hanno quando dove perché cosa quale quali quanto quanti dopo molto tutti tutto ogni così può stato anni dalla dal nel nella nelle alla alle sul sulla dello suo loro ed ai fare senza come prima diritto individuo nessuno sia miglior migliore migliori quello quella quelli verso sempre voglio qualsiasi',
    'il lo la i le di del un con non si da al in per ma ha sua chi tra fra e ne se io a o',
    'àèìòùé',
  ],
  [
    'nl',
    'Dutch',
    'het een niet zijn voor aan ook bij naar uit door worden wordt werd werden maar deze dit waar hoe waarom wanneer welke zich hebben heeft geen meer nog wel tegen tussen hun haar ik wij jij zij mijn veel zonder moet tot dat met kunnen zoals omdat onder andere jaar tijdens ieder ieders iedereen recht zal niemand beste mag zulke zodat waarbij hij ze',
    'de en van op te er om als over of die wat wie is in kan na zo je had we dan al',
    'ëïé',
  ],
  [
    'sv',
    'Swedish',
    'och att det som är på för till inte ett från när också eller hur vad vilka vilken varför efter mellan mycket finns blev hans hade skulle denna detta dessa så har sig genom mot bara varje rätt någon något sina sin vara får inga ingen bästa alla',
    'en av med den om han de vid var kan ska i under men ut vi',
    'åäö',
  ],
  [
    'da',
    'Danish or Norwegian',
    'og det af på til ikke som blev sig eller også efter ved hvad hvordan hvorfor hvem hvor når meget denne dette disse mellem være havde har jeg bliver kunne mere hvilken hvilke ble seg etter hva mye mellom hadde blir mer av enhver alle ret ingen nogen sin sine må bedste deres',
    'er en den med et de fra kan om var for at skal i vi man',
    'åæø',
  ],
  [
    'fi',
    'Finnish',
    'että hän oli ovat joka mutta kun myös niin kuin tai sekä mitä miten missä miksi milloin kuka tämä nämä olla ollut hänen mukaan jälkeen kanssa vuonna vain sitä joita jotka voi ole olivat kuten jokaisella oikeus olisi hänellä kaikki ilman heidän joko joiden jonka paras kenenkään',
    'ja on ei se sen ne',
    'äö',
  ],
  [
    'pl',
    'Polish',
    'się nie jest że jak dla są przez przy oraz ale czy jako który która które których tym tego być był była było gdzie kiedy kto dlaczego ile jego jej może także tylko już lub między bardzo ponieważ przed podczas jakie jaki jaka każdy człowiek ma prawo nikt swoich swojej wszystkich ani jeśli aby bez której tej tych najlepszy wszyscy ich przeciw każda',
    'na do to od po tak co w i za o a',
    'ąćęłńóśźż',
  ],
  [
    'cs',
    'Czech',
    'že byl byla bylo jako ale jsou není který která které nebo také podle už kde kdy jak proč kdo při až mezi být jeho její tento tato této může jsem kolik jaký jaká jaké každý má právo nikdo svých své svého všichni ani aby bez takové nejlepší všech vůči jiné těchto nesmí',
    'se je na to do po od za pro a i',
    'áčďéěíňóřšťúůýž',
  ],
  [
    'sk',
    'Slovak',
    'že ktorý ktorá ktoré alebo nie ako pre pri podľa až medzi byť jeho kde kedy prečo sú bol bola bolo tiež môže čo aký aká každý má právo nikto svojich svoje všetci ani aby bez takéto najlepší všetkých voči iné',
    'sa je na to do po od a i',
    'áäčďéíľňóôšťúýž',
  ],
  [
    'hu',
    'Hungarian',
    'és hogy nem volt mint vagy már még azt hogyan miért mikor hol ami amely nagyon után között szerint lehet voltak csak ezt lesz milyen hány melyik minden joga nincs senki saját bármely ilyen ugyanolyan legjobb mindenki illetve kell valamint olyan annak ennek vele nélkül',
    'az egy van meg ez is ki el a mi de',
    'áéíóöőúüű',
  ],
  [
    'ro',
    'Romanian',
    'și în este care că pentru sau sunt fost după dar când unde cine acest această prin foarte între mai din lui într-o într-un către aceste poate fiind ai ale orice persoană drept nimeni fie toate toți oricine să nici cel bun ori decât',
    'de la cu pe nu un se ce au fi ei o a',
    'ăâîșțşţ',
  ],
  [
    'tr',
    'Turkish',
    've bir için olarak olan çok daha gibi mı nasıl nedir neden kadar sonra ancak değil hangi nerede olduğu tarafından olduğunu ise veya hem sadece arasında üzerinde göre kaç zaman herkes hakkı hiç kimse hiçbir her türlü şahıs haiz iyi bütün karşı veyahut sahip yoktur gerek',
    'bu da de ile ne mi en var ya kim o',
    'çğıöşü',
  ],
  [
    'id',
    'Indonesian',
    'yang dan dengan untuk tidak ini dari dalam pada adalah karena oleh juga atau bagaimana apakah sebagai telah mereka tersebut dapat saya kami bisa lebih banyak antara itu seperti setiap orang berhak seorang hak harus semua tanpa terbaik sesuatu bagi maupun',
    'di akan ke ada apa',
    '',
  ],
  [
    'vi',
    'Vietnamese',
    'và của là không có được với các những người trong một này như thế nào từ đã để ở gì tại về đến sao cách nhất bao nhiêu việt mọi đều quyền ai bị phải hay cũng ngoài theo trên',
    'cho ra do khi',
    'àáâãèéêìíòóôõùúýăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ',
  ],
  [
    'ca',
    'Catalan',
    'els amb és són més però aquest aquesta dels també quan perquè fins seva seu una com pel aquests han què quin quina tothom dret persona tota tot ningú pot sense altres entre aquestes qualsevol millor seves seus',
    'el la les de que en un per no es al hi ha i a o',
    'àçèéíïòóúü',
  ],
  [
    'hr',
    'Croatian',
    'koji koja koje nije ili kao što bio bila kako zašto gdje kada također između prema njegov sam su ovaj ova ovo samo gde svatko ima pravo nitko svi sve bez svoje svoju svojih ni prava mora biti treba najbolji takvog takve bilo može te',
    'je na se da za od i do a o',
    'čćđšž',
  ],
  [
    'sl',
    'Slovenian',
    'ki kot tudi pri lahko kako zakaj kje kdaj njegov ali več bil bila so ter kaj kateri med vsakdo ima pravico pravice nihče vse vsi brez svoje svojo svojih niti mora biti najboljši ne sme njegove takšne te',
    'je na za se da od pa po in do i a o',
    'čšž',
  ],
];

/** Words that hold English sentences together. */
const english = new Set(
  (
    'the of and to is for with as by at from that this it are be or not have which their can its these were been but they you what how who where when why does ' +
    'did will would should there about into than between more other if your my our his her she he was has had we an all also only such any some do a i in on no so ' +
    'my me get make best new most does first one two use using without vs'
  ).split(' '),
);

/** Which languages a word speaks for: of its own in full, shared ones by half. */
const speaks = new Map<string, readonly (readonly [at: number, weight: number])[]>();
table.forEach(([, , own, shared], at) => {
  for (const [words, weight] of [
    [own, 1],
    [shared, 0.5],
  ] as const)
    for (const one of words.split(' ')) speaks.set(one, [...(speaks.get(one) ?? []), [at, weight]]);
});
/** Which languages a letter beyond a to z may be of. */
const spelt = new Map<string, readonly number[]>();
table.forEach(([, , , , letters], at) => {
  for (const letter of letters) spelt.set(letter, [...(spelt.get(letter) ?? []), at]);
});

const word = /[\p{Script=Latin}\p{M}]+(?:['’-][\p{Script=Latin}\p{M}]+)*/gu;
const plainWord = /[a-z]+(?:['-][a-z]+)*/g;
const beyondPlain = /[\u0080-\uffff]/;
const beyond = /[^a-z'’-]/gu;

/** The code of ISO 639-1 of each language that is told apart, by its name here. */
export const languageCodes: ReadonlyMap<string, string> = new Map(table.map(([code, name]) => [name, code]));

/**
 * The language of a text in Latin letters, by its English name, where it is one of a list and plainly not English; undefined for English, for code, for names and for what is
 * too short to say. Told by the words that hold sentences together and by letters: enough of them, more than of English, and a share of all words that running text has.
 */
export function foreignLanguage(text: string): string | undefined {
  const scores = new Float64Array(table.length);
  /** English words that the language has too. */
  const common = new Float64Array(table.length);
  const seen = new Set<string>();
  const kinds = new Float64Array(table.length);
  /** Words and letters that English does not have. */
  const strong = new Float64Array(table.length);
  let words = 0;
  let ofEnglish = 0;
  const sample = text.slice(0, SAMPLE);
  // Most texts are of plain letters, of which words are found ten times as fast.
  const isPlain = !beyondPlain.test(sample);
  const lowered = sample.toLowerCase();
  for (const [lower] of isPlain ? lowered.matchAll(plainWord) : lowered.normalize('NFC').matchAll(word)) {
    const isEnglish = english.has(lower);
    const isNew = !seen.has(lower);
    seen.add(lower);
    words++;
    if (isEnglish) ofEnglish++;
    for (const [at, weight] of speaks.get(lower) ?? []) {
      scores[at] = (scores[at] as number) + weight;
      if (isEnglish) common[at] = (common[at] as number) + 1;
      if (isNew) kinds[at] = (kinds[at] as number) + weight;
      if (weight === 1) strong[at] = (strong[at] as number) + 1;
    }
    for (const at of isPlain ? [] : spellersOf(lower)) {
      scores[at] = (scores[at] as number) + LETTERS;
      if (isNew) kinds[at] = (kinds[at] as number) + LETTERS;
      strong[at] = (strong[at] as number) + LETTERS;
    }
  }
  const best = scores.reduce((top, score, at) => (score > (scores[top] as number) ? at : top), 0);
  const score = scores[best] as number;
  const against = ofEnglish - (common[best] as number);
  const isShort = words <= SHORT;
  const isEnough = (kinds[best] as number) >= (isShort ? 1.5 : 2) && (strong[best] as number) >= (isShort ? 0.5 : 1);
  const isMost = isShort ? against === 0 : score > against * OVER_ENGLISH;
  return words > 1 && isEnough && isMost && score / words >= LEAST_SHARE ? table[best]?.[1] : undefined;
}

/** Languages that have all letters of a word beyond a to z; none of a word without such. */
function spellersOf(lower: string): readonly number[] {
  const letters = lower.match(beyond);
  if (letters === null) return [];
  const [first = [], ...others] = letters.map((letter) => spelt.get(letter) ?? []);
  return first.filter((at) => others.every((some) => some.includes(at)));
}

/** What a word in letters of its own counts. */
const LETTERS = 0.5;
/** Words of a text in which one English word decides. */
const SHORT = 12;
/** Running text has a fifth to a half of such words. */
const LEAST_SHARE = 0.12;
/** A text of two languages is of the one with more words. */
const OVER_ENGLISH = 1.2;
