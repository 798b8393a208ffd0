/// What validation of any kind needs: the rules for `metadata`, label selectors and addresses, as in upstream's
/// `apimachinery/pkg/api/validation`, and what collects problems, as in its `util/validation/field`; the types
/// of fields of configuration files.
///
/// Pure functions, safe for any number of threads, but for [io.k3j.validation.Problems], which is one thread's; nothing
/// blocks. What is wrong is collected, never thrown, so that a user gets all of it in one answer (422 `Invalid`, one
/// cause for each problem). Nothing here knows a kind: rules of kinds are built from these.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.validation;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
