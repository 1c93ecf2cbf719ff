import { describe, expect, it } from 'vitest';
import { foreignLanguage } from './latin-languages.ts';
import { unknownLanguage } from './unknown-language.ts';

/** A question as people type it, and two sentences of a page. */
const texts: Readonly<Record<string, readonly [question: string, page: string]>> = {
  German: [
    'wie lange muss man Kartoffeln kochen',
    'Der Zug nach Hamburg fährt heute wegen einer Störung nicht. Reisende werden gebeten, auf den nächsten zu warten.',
  ],
  French: [
    'comment faire une pâte à crêpes',
    'Le chat dort sur le canapé. Il ne veut pas sortir parce que la pluie tombe depuis ce matin.',
  ],
  Spanish: [
    'cómo se hace una tortilla de patatas',
    'El tren que va a la costa sale cada hora. Los billetes se compran en la estación, pero también por teléfono.',
  ],
  Portuguese: [
    'qual é a melhor hora para viajar',
    'O comboio parte às nove. Quando chega à cidade, já não há lugares e as pessoas esperam.',
  ],
  Italian: [
    'come si prepara il risotto alla milanese',
    'Il treno parte alle nove dalla stazione centrale. Chi non ha il biglietto può comprarlo a bordo.',
  ],
  Dutch: ['hoe lang moet rijst koken', 'De trein naar Utrecht rijdt vandaag niet. Reizigers kunnen met de bus, die elk half uur vertrekt.'],
  Polish: ['jak ugotować dobry barszcz', 'Pociąg do Krakowa nie jedzie dzisiaj przez awarię. Podróżni mogą się przesiąść na autobus.'],
  Turkish: ['en iyi kahve nasıl yapılır', 'Ankara treni bugün çalışmıyor. Yolcular için otobüs var ve her saat kalkıyor.'],
  Vietnamese: ['làm thế nào để nấu phở', 'Chuyến tàu đi Hà Nội hôm nay không chạy. Hành khách có thể đi xe buýt từ bến này.'],
  Swedish: ['hur länge ska man koka ägg', 'Tåget till Malmö går inte i dag på grund av ett fel. Resenärerna får ta bussen.'],
  'Danish or Norwegian': [
    'hvor lenge skal egg koke',
    'Toget til Aarhus kører ikke i dag på grund af en fejl. Passagererne skal tage bussen, som går hver time.',
  ],
  Finnish: [
    'miten keitetään hyvää kahvia kotona',
    'Juna Tampereelle ei kulje tänään, koska rata on poikki. Matkustajat voivat käyttää bussia tai odottaa.',
  ],
  Czech: ['jak uvařit vejce na tvrdo', 'Vlak do Brna dnes nejede kvůli poruše. Cestující mohou jet autobusem, který jede každou hodinu.'],
  Hungarian: ['hogyan kell rizst főzni', 'A vonat ma nem indul Szegedre, mert a sín eltört. Az utasok busszal mehetnek.'],
  Romanian: [
    'cum se face o ciorbă bună',
    'Trenul către Cluj nu pleacă astăzi din cauza unei defecțiuni. Călătorii sunt rugați să ia autobuzul.',
  ],
  Indonesian: [
    'bagaimana cara memasak nasi yang enak',
    'Kereta ke Bandung tidak jalan hari ini karena gangguan. Penumpang dapat naik bus dari terminal.',
  ],
  Catalan: [
    'com es fa una bona truita de patates amb ceba',
    'El tren no surt avui perquè hi ha una avaria. Els viatgers poden agafar el bus, que també va a la ciutat.',
  ],
  Croatian: ['kako se kuha riža bez soli', 'Vlak za Split danas ne vozi zbog kvara. Putnici koji imaju kartu mogu ići autobusom.'],
};

describe('languages in Latin letters', () => {
  it.each(Object.entries(texts))('%s is told of a question and of a page', (language, [question, page]) => {
    expect([foreignLanguage(question), foreignLanguage(page)]).toEqual([language, language]);
    // However long, and with English words in it.
    expect(foreignLanguage(`${`${page} `.repeat(5)} "Thank you for travelling with us" `.repeat(50))).toBe(language);
  });

  it.each([
    '',
    'cats',
    'der',
    'Wetter Berlin',
    'best pizza in new york',
    'oscar de la hoya vs floyd mayweather',
    'who directed La La Land and Les Misérables',
    'Los Angeles to San Francisco by train',
    'Crème brûlée',
    'René Descartes and Blaise Pascal',
    'In vitro studies of Saccharomyces cerevisiae show de novo synthesis of lipids et al.',
    'Ludwig van Beethoven composed the Moonlight Sonata; Herbert von Karajan conducted it with the Berliner Philharmoniker in 1963.',
    'import os\nfrom typing import Any\n\ndef do(me: Any, no: int = 0) -> None:\n    for i in range(no): os.remove(me[i]) # TODO: en-US only',
    'SELECT id, name FROM users WHERE id IN (SELECT user_id FROM orders) ORDER BY name DESC',
    'const el = document.querySelector("#la"); el.onclick = async () => { const des = await fetch(url); return des.json(); };',
    'The German word "und" means "and"; "nicht" means "not", and "ein" is an article, as the tutor said to her class last week.',
  ])('nothing is told of %j', (text) => {
    expect(foreignLanguage(text)).toBeUndefined();
  });

  it('is told where a model was not trained on it, and where its languages are known', () => {
    const [question] = texts.German as readonly [string, string];
    expect(unknownLanguage(question, ['en'])).toBe('German');
    expect(unknownLanguage(question, ['en', 'zh'])).toBe('German');
    for (const known of [['en', 'de'], ['multilingual'], [], undefined]) expect(unknownLanguage(question, known)).toBeUndefined();
    expect(unknownLanguage(texts['Danish or Norwegian']?.[0] as string, ['no'])).toBeUndefined();
  });
});
