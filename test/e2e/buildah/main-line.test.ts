import test from 'ava';
import {testMainLine} from '../../_helpers/main-line.js';

testMainLine(test, 'buildah');
