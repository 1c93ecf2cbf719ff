/** Installs the peer into bench/peer (not part of the project) and gives it the very same model file. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ContenderFiles } from './contenders/contender.ts';

const folder = join(import.meta.dirname, 'peer');
const peerPackage = '@huggingface/transformers@4.3.1';

export const peerModule = join(folder, 'node_modules', '@huggingface', 'transformers', 'dist', 'transformers.node.mjs');
export const peerModels = join(folder, 'models');
export const peerModelName = 'all-MiniLM-L6-v2';
export const peerRerankerName = 'ms-marco-minilm-l-12-v2';

const writeJson = (path: string, value: unknown): Promise<void> => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** npm runs no install script: onnxruntime-node's would fetch a GPU build. */
const install = async (): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const allowScripts = { 'onnxruntime-node': false, sharp: false };
  await writeJson(join(folder, 'package.json'), { name: 'finetooth-bench-peer', private: true, allowScripts });
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, peerPackage];
  // npm sets the project's own settings as variables of its scripts; the peer's folder must not take them over.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)),
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(npm, args, { cwd: folder, env, shell: process.platform === 'win32' });
};

const layModel = async (name: string, files: ContenderFiles, config: Readonly<Record<string, unknown>>): Promise<void> => {
  if (!existsSync(peerModule)) await install();
  const model = join(peerModels, name);
  await mkdir(join(model, 'onnx'), { recursive: true });
  await copyFile(files.modelPath, join(model, 'onnx', 'model_quantized.onnx'));
  await copyFile(files.tokenizerPath, join(model, 'tokenizer.json'));
  // The fields of the repository's own file that matter, its window (512 there) set to that of the others.
  const special = { cls_token: '[CLS]', mask_token: '[MASK]', pad_token: '[PAD]', sep_token: '[SEP]', unk_token: '[UNK]' };
  const form = { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: files.maxTokens, ...special };
  await writeJson(join(model, 'tokenizer_config.json'), form);
  // What the model's own config.json says of its shape.
  await writeJson(join(model, 'config.json'), { model_type: 'bert', hidden_size: 384, ...config });
};

export const installPeer = (files: ContenderFiles): Promise<void> => layModel(peerModelName, files, { architectures: ['BertModel'] });

export const installPeerReranker = (files: ContenderFiles): Promise<void> =>
  layModel(peerRerankerName, files, { architectures: ['BertForSequenceClassification'], id2label: { 0: 'LABEL_0' } });
