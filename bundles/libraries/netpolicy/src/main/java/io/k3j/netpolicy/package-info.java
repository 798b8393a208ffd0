/// What NetworkPolicy objects mean: which pods they isolate and what they let through
/// (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>). A [PodPolicy] is a policy that has
/// been read, a [PolicyPod] a pod as policies see it; together they make an [Isolation], which is rendered into rules
/// of the kernel and which [PolicyCheck] asks about one flow, so that both say the same.
///
/// Immutable values and pure functions; any thread; nothing blocks. What cannot be read allows nothing.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.netpolicy;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
