import test from 'ava';
import {testLociLine} from '../../_helpers/loci-line.js';

testLociLine(test, 'docker');
