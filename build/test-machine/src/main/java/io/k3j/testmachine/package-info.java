/// What a machine needs to run the tests: the list of packages, and the condition of tests that need some of them.
@NullMarked
package io.k3j.testmachine;

import org.jspecify.annotations.NullMarked;
