/** Every option on every kind of index. */
import './long-documents-table.test.ts';
