/// Leader election: registers the conditions `io.k3j.leader.<lease>`, under which controllers and scheduler
/// run.
///
/// With embedded SQLite there is only one server: nothing is elected, no Lease is written, and this server
/// leads whenever its API server is ready. On a shared datastore each of the four Leases of upstream's and K3s'
/// components is held by a server that runs the guarded component ([io.k3j.clientapi.Candidate]). The first
/// Lease a server wants decides about its others, so that servers with the same components have one leader for
/// all.
///
/// ```
/// follower ──(lease free, released, or not renewed)──► leader ──(not renewed for the deadline)──► follower
///     └─ checks when the Lease changes and at each retry    └─ renews at half the deadline
/// ```
///
/// A term ends at a monotonic deadline, supervised by its own thread, and all writes of the leader's
/// controllers are bound to the Lease's revision ([io.k3j.clientapi.Term]): a former leader that was frozen and
/// resumes cannot write, whatever it has missed.
@NullMarked
package io.k3j.leases;

import org.jspecify.annotations.NullMarked;
