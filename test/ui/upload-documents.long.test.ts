/** The same of a folder of 500 files. */
import './upload-documents.test.ts';
