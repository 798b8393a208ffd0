/// What a controller is made of: a live picture of the objects it looks at ([LiveView]), a queue of the
/// keys that may need work ([WorkQueue]), a loop that takes one key at a time ([Loop]) and something
/// that brings one object nearer to what is wanted ([Reconciler]).
///
/// Nothing here owns a thread but [LoopRunner], and nothing reads the time but through the clock it was
/// given: a test, or a simulation of the whole control plane, drives the same loops by [Loop#step()].
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.controllerkit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
