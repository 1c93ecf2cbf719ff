/** All states of the page, the rarer ones too. */
import './states.test.ts';
