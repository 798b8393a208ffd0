/// Doubles for tests of whoever uses the API: an in-memory API with real rules for revisions, finalizers,
/// owners, generated names and the status subresource, and a clock that stands still until it is moved.
@NullMarked
package io.k3j.testkit;

import org.jspecify.annotations.NullMarked;
