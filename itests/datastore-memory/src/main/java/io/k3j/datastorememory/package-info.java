/// A datastore without a disk, for tests: the same contract, the same conformance suite, nothing kept.
@NullMarked
package io.k3j.datastorememory;

import org.jspecify.annotations.NullMarked;
