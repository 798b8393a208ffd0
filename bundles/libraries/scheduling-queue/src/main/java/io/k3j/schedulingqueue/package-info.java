/// Which pod is tried next: upstream's `pkg/scheduler/backend/queue`. [io.k3j.schedulingqueue.SchedulingQueue] is the
/// entrance.
///
/// ```
/// new pods ─► active ─► in an attempt ─► BackOffQueue, UnschedulablePods ─► active
///                            └── InFlightEvents: what has happened meanwhile
/// ```
///
/// For any thread; only [io.k3j.schedulingqueue.SchedulingQueue#await] blocks. Time comes by the constructor.
@NullMarked
package io.k3j.schedulingqueue;

import org.jspecify.annotations.NullMarked;
