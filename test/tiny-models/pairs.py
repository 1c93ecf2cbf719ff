"""The texts that make.py scores: a name, a query and a document each. All words are this project's own."""

# Trained on beside the films, so that other scripts are more than unknown tokens.
OTHER_SCRIPTS = [
    "Ein Müller mahlt nachts Mehl für die Bäcker der Stadt.",
    "Une élève curieuse dessine la forêt près du château.",
    "Старый моряк чинит лодку у тихой реки.",
    "Ο ψαράς κοιτάζει τη θάλασσα κάθε πρωί.",
    "老人在山上种茶。",
    "猫は静かな庭で眠る。",
    "나는 밤에 별을 본다.",
    "🎬 🚢 🐝 ✨",
]

LONG_DOCUMENT = (
    "The ferry leaves the small harbour before sunrise, when the gulls are still asleep on the warm roofs of the fish market. "
    "Its captain is a quiet woman who once taught music in the city, and who now knows every rock of the coast by its sound. "
    "On the first bench sits a boy with a wooden box on his knees. He has told nobody what is in it, not even his grandmother, "
    "who packed him bread and two boiled eggs and asked no questions. Behind him a pair of surveyors argue about a map: one of "
    "them holds that the island has lost a third of its northern beach since the great storm, the other that the old map was "
    "wrong to begin with. Halfway across, the engine coughs and stops. In the sudden silence the box begins to hum, first like a "
    "hive of bees, then like a choir far away, and the captain, who has not sung for eleven years, answers with the second voice. "
    "When the engine starts again nobody speaks of it. The surveyors measure the beach and agree on a number. The boy walks up to "
    "the lighthouse, opens the box in front of the keeper, and takes out the oldest clock of the island, repaired at last, which "
    "from then on strikes every hour a little too early, so that no one should ever miss the ferry home."
)
LONG_QUERY = (
    "I am looking for a story that I read as a child, I believe it was about a boat and a clock, or perhaps a music box, and there "
    "was a woman at the helm who used to be a teacher, and two men who quarrelled about how large an island was, and in the end "
    "somebody climbed a tower; I do not remember the title, nor who wrote it, but the cover was blue with a white bird, and my "
    "brother always wanted to hear the part where the engine stops and all of the passengers hold their breath, so please show me "
    "anything that comes near to this, even if only one of the details fits, and leave out films and songs of the same name"
)
MEDIUM = "a quiet film in which two old friends restore a wooden boat and sail it to the island of their childhood"
FILL_QUERY = "the boy and the clock"

PAIRS = [
    ("a match", "who captains the ferry", "The captain is a woman who once taught music in the city."),
    ("the same query, no match", "who captains the ferry", "Peel the apples, slice them thinly and bake them with butter and cinnamon."),
    ("the same document, another query", "apple dessert", "Peel the apples, slice them thinly and bake them with butter and cinnamon."),
    ("a question", "How do bees find their way home?", "They remember the position of the sun and the shape of the hills around the hive."),
    ("a name", "Detective Moreau", "Moreau, a retired detective, takes one last case in the snow."),
    ("numbers", "price in 2019", "In 2019 a ticket cost 12.50, ten years earlier only 7.80 (children: 3)."),
    ("one word each", "boat", "ship"),
    ("capitals", "WHO STOLE THE PAINTING", "the thief was the guard; The Thief Was The Guard; THE THIEF WAS THE GUARD"),
    ("empty document", "a query without a document", ""),
    ("empty query", "", "A document without a query."),
    ("both empty", "", ""),
    ("white space", "  two  spaces ", "\ta tab,\n\na blank line, three   spaces and one at the end "),
    ("accents", "forêt près du château", "Une élève dessine; die Müller mahlen Mehl; cafe\u0301 and café."),
    ("other scripts", "старый моряк", "Ο ψαράς κοιτάζει τη θάλασσα. 老人在山上种茶。 猫は静かな庭で眠る。 나는 밤에 별을 본다."),
    ("emoji", "🎬 about a 🚢", "✨ 🐝 and 🦉, one known and one not ✨"),
    ("wide forms and ligatures", "Ｆｕｌｌ ｗｉｄｔｈ", "ﬁne ﬂour, ½ cup, x² and №\u00a05… ～"),
    ("control characters", "bell\u0007 and\u0001 tab\there", "zero\u200bwidth, a mark \ufeff and a \u007fdelete"),
    ("NUL, joiners, what is no character", "a\u0000b", "👩\u200d🚀 \ufffd \ue000 🏳\ufe0f\u200d🌈"),
    ("special tokens as text", "[SEP] and </s>", "[CLS] <s> [MASK] <mask> [PAD] <pad> [UNK] <unk> <|im_end|> <think> yes"),
    ("a very long word", "https://example.org/a?b=c#d", "abcdefghij" * 12 + " and after it"),
    ("far over", "who captains the ferry", LONG_DOCUMENT),
    ("far over, empty query", "", LONG_DOCUMENT),
    ("the query over, a short document", LONG_QUERY, "A ferry, a clock."),
    ("the query over, no document", LONG_QUERY, ""),
    ("both over, the document longer", LONG_QUERY, LONG_DOCUMENT),
    ("both over, the query longer", LONG_DOCUMENT, LONG_QUERY),
    ("both over, of one length", LONG_QUERY, LONG_QUERY),
    ("only together over", MEDIUM, MEDIUM + ", and a storm"),
    ("only together over, the query longer", MEDIUM + ", and a storm at night", MEDIUM),
]

# Positions in PAIRS that are padded together: short, empty, over and in between.
BATCH = [0, 6, 10, 13, 20]
