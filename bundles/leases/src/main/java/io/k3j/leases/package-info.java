/// Who leads: registers the condition `io.k3j.leader`, under which controllers and scheduler run.
///
/// On embedded SQLite there is one server, so nothing is elected and no Lease is written: this server
/// leads whenever its API server is ready.
@NullMarked
package io.k3j.leases;

import org.jspecify.annotations.NullMarked;
