"""The architectures: what their tokenizers and their configs look like in the wild, with small sizes and a small vocabulary.

Each tokenizer has its family's own normaliser, pre-tokeniser, template and order of special tokens; only the words are few.
"""
import collections
import io
import pathlib
import tempfile
import unicodedata

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

WINDOW = 64
QWEN_WINDOW = 256  # the template alone takes a third of it

# The template of Qwen3-Reranker: its model card, https://huggingface.co/Qwen/Qwen3-Reranker-0.6B
QWEN_PREFIX = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. "
    'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
)
QWEN_SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
QWEN_INSTRUCTION = "Given a web search query, retrieve relevant passages that answer the query"
QWEN_BODY = "<Instruct>: {instruction}\n<Query>: {query}\n<Document>: {document}"
QWEN_REGEX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN_SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
    "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
]
QWEN_ADDED = [
    "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
    "<tool_response>", "</tool_response>", "<think>", "</think>",
]


def charsmap_rules():
    """Rules of nmt_nfkc for Latin, punctuation, full-width forms, ligatures and control characters: source -> target."""
    removed = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
    spaces = [0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B, 0x200C, 0x200E, 0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD]
    ranges = [
        (0xA0, 0x180), (0x2000, 0x2090), (0x2100, 0x2140), (0x2460, 0x2474), (0x3000, 0x3001), (0xFB00, 0xFB07), (0xFF01, 0xFF5E),
    ]
    letters = [chr(c) for a, b in ranges for c in range(a, b)]
    rules = {c: unicodedata.normalize("NFKC", c) for c in letters}
    apart = {c: unicodedata.normalize("NFD", c) for c in letters if unicodedata.normalize("NFC", c) == c}
    rules |= {parts: c for c, parts in apart.items() if parts != c}
    rules |= {chr(c): "" for c in removed} | {chr(c): " " for c in spaces}
    original = sentencepiece.SentencePieceNormalizer(
        rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=False
    )
    for source, target in rules.items():
        assert original.normalize(source) == target, (source, target, original.normalize(source))
    return {source: target for source, target in sorted(rules.items()) if source != target}


def sentence_piece(lines, special):
    """Pieces and charsmap by SentencePiece, as the real ones have them; the trainer of `tokenizers` gives other scores every time."""
    codes = lambda text: " ".join(f"{ord(c):04X}" for c in text)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rules.tsv"
        path.write_text("".join(f"{codes(a)}\t{codes(b)}\n" for a, b in charsmap_rules().items()), encoding="ascii")
        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=written, normalization_rule_tsv=str(path), model_type="unigram",
            vocab_size=600, num_threads=1, shuffle_input_sentence=False, minloglevel=2,
        )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(written.getvalue())
    pieces = [(p.piece, float(f"{p.score:.6g}")) for p in proto.pieces if p.type == p.NORMAL]
    model = models.Unigram([(token, 0.0) for token in special] + pieces, unk_id=3)
    return Tokenizer(model), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)


def pair_template(tokenizer):
    """[CLS] a [SEP] b [SEP], type 1 from b on."""
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    return processors.TemplateProcessing("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", ids)


def word_piece_vocabulary(lines, special):
    """The trainer numbers `##x` as it meets them, in an order that changes: naming them beforehand makes ties fall alike."""
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer, trained.pre_tokenizer = bert_steps()
    words = [word for line in lines for word, _ in trained.pre_tokenizer.pre_tokenize_str(trained.normalizer.normalize_str(line))]
    counts = collections.Counter("".join(words))
    alphabet = sorted(letter for letter, count in counts.items() if count >= 20)
    inside = sorted({letter for word in words for letter in word[1:]} & set(alphabet))
    first = [*special, *alphabet, *("##" + letter for letter in inside)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=600, special_tokens=first, limit_alphabet=len(alphabet), initial_alphabet=alphabet, show_progress=False
    )
    trained.train_from_iterator(lines, trainer)
    return trained.get_vocab()


def bert_steps():
    return normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()


def word_piece(lines):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(word_piece_vocabulary(lines, special), unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = bert_steps()
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = pair_template(tokenizer)
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer, {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}


def byte_level(lines, special, size, split=None):
    tokenizer = Tokenizer(models.BPE())
    if split is not None:
        pieces = [pre_tokenizers.Split(Regex(split), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False) if split is None else pre_tokenizers.Sequence(pieces)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def roberta_tokenizer(lines):
    tokenizer = byte_level(lines, ["<s>", "<pad>", "</s>", "<unk>"], 599)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer, {
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
        "mask_token": AddedToken("<mask>", lstrip=True, normalized=False, special=True),
    }


def modernbert_tokenizer(lines):
    tokenizer = byte_level(lines, [], 590)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True, special=False) for n in (4, 3, 2)])  # runs of spaces are tokens there
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", AddedToken("[MASK]", lstrip=True, normalized=False)])
    tokenizer.post_processor = pair_template(tokenizer)
    return tokenizer, {
        "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]",
        "mask_token": AddedToken("[MASK]", lstrip=True, normalized=False, special=True),
    }


def qwen_tokenizer(lines):
    tokenizer = byte_level([*lines, *["yes", "no"] * 200, *[QWEN_PREFIX, QWEN_INSTRUCTION] * 4], [], 640, QWEN_REGEX)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens(QWEN_SPECIAL)
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in QWEN_ADDED])
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    return tokenizer, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}


def xlm_roberta_tokenizer(lines):
    tokenizer, charsmap = sentence_piece(lines, ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.normalizer = charsmap
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", 0), ("</s>", 2)])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer, {
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
        "mask_token": AddedToken("<mask>", lstrip=True, normalized=False, special=True),
    }


def deberta_tokenizer(lines):
    tokenizer, charsmap = sentence_piece(lines, ["[PAD]", "[CLS]", "[SEP]", "[UNK]"])
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), charsmap, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"])
    tokenizer.post_processor = pair_template(tokenizer)
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer, {
        "bos_token": "[CLS]", "cls_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]",
        "mask_token": "[MASK]",
    }


THREE_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
TWO_INPUTS = THREE_INPUTS[:2]
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48, "max_position_embeddings": WINDOW}
DEBERTA = {
    "relative_attention": True, "position_buckets": 16, "share_att_key": True, "pos_att_type": ["p2c", "c2p"],
    "norm_rel_ebd": "layer_norm", "position_biased_input": False, "type_vocab_size": 0,
}
NO_TYPES = {"type_vocab_size": 1, "max_position_embeddings": WINDOW + 2}
REVERSED = {"id2label": {0: "relevant", 1: "not_relevant"}, "label2id": {"relevant": 0, "not_relevant": 1}}

# name -> tokenizer, transformers' class without "ForSequenceClassification", inputs as optimum exports them, fields of the config
MODELS = {
    "bert": (word_piece, "Bert", THREE_INPUTS, {"num_labels": 1}),
    "bert-two-labels": (word_piece, "Bert", THREE_INPUTS, {"num_labels": 2}),
    "bert-two-labels-reversed": (word_piece, "Bert", THREE_INPUTS, REVERSED),
    "roberta": (roberta_tokenizer, "Roberta", TWO_INPUTS, {"num_labels": 1, **NO_TYPES}),
    "xlm-roberta": (xlm_roberta_tokenizer, "XLMRoberta", TWO_INPUTS, {"num_labels": 1, **NO_TYPES}),
    "deberta-v2": (deberta_tokenizer, "DebertaV2", THREE_INPUTS, {"num_labels": 1, **DEBERTA, "type_vocab_size": 2}),
    "deberta-v3": (deberta_tokenizer, "DebertaV2", TWO_INPUTS, {"num_labels": 1, **DEBERTA}),
    "modernbert": (modernbert_tokenizer, "ModernBert", TWO_INPUTS, {
        "num_labels": 1, "local_attention": 16, "global_attn_every_n_layers": 2, "classifier_pooling": "mean",
    }),
    "electra": (word_piece, "Electra", THREE_INPUTS, {"num_labels": 1, "embedding_size": 16}),
    "qwen3": (qwen_tokenizer, "Qwen3", [*TWO_INPUTS, "position_ids"], {
        "num_key_value_heads": 2, "head_dim": 16, "tie_word_embeddings": True, "max_position_embeddings": QWEN_WINDOW,
    }),
}
