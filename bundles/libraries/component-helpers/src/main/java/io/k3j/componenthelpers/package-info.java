/// What components work out of objects alike, as in upstream's `k8s.io/component-helpers`: which taints a pod
/// tolerates, which nodes it may run on, how the amounts of its containers add up; and networks in prefix notation.
/// Immutable values and pure functions; safe for any number of threads; nothing blocks; what cannot be parsed is an
/// [IllegalArgumentException].
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.componenthelpers;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
