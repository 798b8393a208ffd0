/// The built-in kinds of Kubernetes: names, storage keys, defaults, validation, preparation for storage, conversion
/// and table columns.
///
/// Reads: nothing. Writes: nothing. Everything is a pure function of an object: the table in `kinds.txt`, and
/// [io.k3j.resourcesbuiltin.KindRules] for kinds that the schema does not describe completely.
@NullMarked
package io.k3j.resourcesbuiltin;

import org.jspecify.annotations.NullMarked;
