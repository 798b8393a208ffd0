/// The built-in kinds of Kubernetes: what they are called, where they are stored, how they are filled
/// in, checked, prepared for storage and shown.
///
/// Reads: nothing. Writes: nothing. Everything here is a pure function of an object: the table in
/// `kinds.txt`, and [io.k3j.resourcesbuiltin.Rules] for the kinds that the schema cannot describe whole.
@NullMarked
package io.k3j.resourcesbuiltin;

import org.jspecify.annotations.NullMarked;
