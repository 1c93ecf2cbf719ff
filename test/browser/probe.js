import * as exported from 'finetooth/browser';

globalThis.finetooth = exported;
