/// Who leads: registers the conditions `io.k3j.leader.<lease>`, under which controllers and scheduler run.
///
/// On embedded SQLite there is one server, so nothing is elected and no Lease is written: this server
/// leads whenever its API server is ready. On a datastore that other servers write to, too, each of the four
/// leases of upstream's and K3s' components is held by a server that has what it is about
/// ([io.k3j.clientapi.Candidate]). The first one a server has decides about its others, so that servers that
/// are alike have one leader for all.
///
/// ```
/// follower ──(lease free, released, or not renewed)──► leader ──(not renewed for the deadline)──► follower
///     └─ looks when the lease changes and each retry        └─ renews at half the deadline
/// ```
///
/// A leader is believed until a monotonic deadline only, watched by a thread of its own, and whatever the
/// leader's controllers write is bound to the lease's revision ([io.k3j.clientapi.Term]): a process that
/// was frozen and thaws as a former leader cannot write, however little it knows.
@NullMarked
package io.k3j.leases;

import org.jspecify.annotations.NullMarked;
