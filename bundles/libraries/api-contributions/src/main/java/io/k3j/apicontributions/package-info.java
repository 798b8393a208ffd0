/// What other bundles contribute to an API server, as services that come and go while it serves.
///
/// ```
/// ContributionTracker ──► Contributions ──► slots of object-registry: all generations of a service, in rank order
///        │                     ├──► ReplacementWait: how long a request waits for what is being replaced
///        │                     └──► AggregatorSlot: who serves other servers' versions
///        ├──► PluginCalls: what a plug-in contributes is asked within limits
///        └──► Unplugged: what was taken out for good is missed no more
/// ```
///
/// What is missing is never taken for a no, nor for a yes: a request waits for it for a moment, and is answered 503
/// then.
///
/// **Threads.** Any; a call of a plug-in's service has a thread of its own, 512 at most for each service. **Blocking.**
/// Waits of 2 s at most; a plug-in's answer of 10 s, 30 s where it asks somebody outside. **Errors.** `ApiFault` 503
/// for what is away, 500 for a plug-in that throws what its contract does not know.
@NullMarked
package io.k3j.apicontributions;

import org.jspecify.annotations.NullMarked;
