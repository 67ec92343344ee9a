import test from 'ava';
import {testWheelsCheck} from '../../_helpers/wheels-check.js';

testWheelsCheck(test, 'docker');
