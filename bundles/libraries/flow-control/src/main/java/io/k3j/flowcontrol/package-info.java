/// How many requests the API server works on at once, and how much memory they take; upstream's
/// `apiserver/pkg/util/flowcontrol` (<https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>).
///
/// A library: its objects belong to `apiserver`, which makes one of each. [FlowController] says which [RequestFlow] a
/// request is of, as the stored FlowSchemas say, [Seats] gives it seats of its priority level, [Pool] shares memory
/// among users. Any thread; taking blocks, for fifteen seconds at most for a seat and five for memory, in virtual
/// threads only, then fails with 429 and `retryAfterSeconds`.
@Export
@Version("2.1.0")
@NullMarked
package io.k3j.flowcontrol;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
