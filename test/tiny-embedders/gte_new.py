"""The architecture "new" of GTE (Alibaba-NLP/new-impl, `NewForMaskedLM`), as small as the reference library can load it: transformers has none of its own, and the models bring theirs as code.

Rotary positions with NTK scaling, one projection for queries, keys and values, a gated layer between, norms behind each. Dropout, unpadding and other kinds of positions are left out.
"""
import torch
import transformers
from torch import nn
from transformers.modeling_outputs import MaskedLMOutput


class NewConfig(transformers.PretrainedConfig):
    model_type = "new"

    def __init__(self, vocab_size=100, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, rope_theta=500000.0, factor=2.0, **others):
        super().__init__(**others)
        self.vocab_size, self.hidden_size, self.num_hidden_layers = vocab_size, hidden_size, num_hidden_layers
        self.num_attention_heads, self.intermediate_size, self.rope_theta, self.factor = num_attention_heads, intermediate_size, rope_theta, factor


class NewLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        size, inner = config.hidden_size, config.intermediate_size
        self.heads, self.width = config.num_attention_heads, size // config.num_attention_heads
        self.qkv_proj, self.o_proj = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up_gate_proj, self.down_proj = nn.Linear(size, 2 * inner, bias=False), nn.Linear(inner, size)
        self.attn_ln, self.mlp_ln = nn.LayerNorm(size, eps=1e-12), nn.LayerNorm(size, eps=1e-12)

    def forward(self, hidden, mask, cos, sin):
        turned = lambda x: x * cos + torch.cat((-x[..., self.width // 2 :], x[..., : self.width // 2]), dim=-1) * sin
        split = lambda x: x.unflatten(-1, (self.heads, self.width)).transpose(1, 2)
        query, key, value = (split(part) for part in self.qkv_proj(hidden).chunk(3, dim=-1))
        scores = turned(query) @ turned(key).transpose(-1, -2) / self.width**0.5 + mask
        met = (scores.softmax(dim=-1) @ value).transpose(1, 2).flatten(2)
        hidden = self.attn_ln(hidden + self.o_proj(met))
        up, gate = self.up_gate_proj(hidden).chunk(2, dim=-1)
        return self.mlp_ln(hidden + self.down_proj(nn.functional.gelu(gate) * up))


class NewForMaskedLM(transformers.PreTrainedModel):
    config_class = NewConfig

    def __init__(self, config):
        super().__init__(config)
        size = config.hidden_size
        self.word_embeddings, self.embeddings_ln = nn.Embedding(config.vocab_size, size), nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(NewLayer(config) for _ in range(config.num_hidden_layers))
        self.dense, self.norm, self.decoder = nn.Linear(size, size), nn.LayerNorm(size, eps=1e-12), nn.Linear(size, config.vocab_size)
        self.post_init()

    def forward(self, input_ids, attention_mask=None, **_):
        config, width = self.config, self.config.hidden_size // self.config.num_attention_heads
        # NTK scaling stretches the base (their `NTKScalingRotaryEmbedding`).
        base = config.rope_theta * config.factor ** (width / (width - 2))
        speeds = base ** -(torch.arange(0, width, 2, dtype=torch.float32) / width)
        places = torch.cumsum(torch.ones_like(input_ids[0], dtype=torch.float32), dim=0) - 1
        angles = torch.cat((places[:, None] * speeds,) * 2, dim=-1)
        mask = (1 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        hidden = self.embeddings_ln(self.word_embeddings(input_ids))
        for layer in self.layers:
            hidden = layer(hidden, mask, angles.cos(), angles.sin())
        return MaskedLMOutput(logits=self.decoder(self.norm(nn.functional.gelu(self.dense(hidden)))))


transformers.AutoConfig.register("new", NewConfig)
transformers.AutoModelForMaskedLM.register(NewConfig, NewForMaskedLM)
