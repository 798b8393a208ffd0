/// Kubernetes objects as immutable trees.
///
/// A value is one of: [Struct], [Seq], `String`, `Long`, `Double`, `Boolean`, [Null#NULL]. Nothing else
/// ever stands in a tree, and nothing in a tree ever changes, so trees are shared freely between
/// threads. JSON numbers without fraction and exponent are `Long`, all others `Double`. There is one
/// shape for every kind; what a kind's fields mean is known to `schema` alone.
@Export
@Version("2.2.0")
@NullMarked
package io.k3j.model;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
