/// The suite every datastore driver passes. A driver's test implements [Conformance] and all interfaces named
/// `…Guarantees` (and [Restarts] when it keeps its data); their default methods are the tests.
@NullMarked
package io.k3j.datastoreconformance;

import org.jspecify.annotations.NullMarked;
