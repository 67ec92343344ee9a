import test from 'ava';
import {testPushLine} from '../../_helpers/push-line.js';

testPushLine(test, 'docker');
