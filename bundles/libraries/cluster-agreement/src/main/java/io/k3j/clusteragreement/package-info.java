/// Whether a server may be one of its cluster: the flags all servers agree on, the record of them in the datastore,
/// who the servers are, and the bootstrap record, from which a server takes over authorities and keys.
///
/// ```
///   flags ──► Declarations ──► Agreement ──► Parity ◄──► AgreedRecord   k3s/server-config/<hash>
///                                              │    ◄──► Members        k3s/servers/<name>
///                                              │    ◄──► SharedForm     k3s/data-form
///                                              └──► FlagMismatch, the table of all differences
///   disk  ◄──► BootstrapFiles ◄──► BootstrapData                        /bootstrap/<hash>
///     ▲                             NextAuthorities: for the next start
///     └── ServerJoin: by another server, before there is a datastore
/// ```
///
/// A library: no threads and no services; its objects belong to the one who makes them, `supervisor`. Calls block for
/// the datastore, the disk, or the other server. Both records are sealed with the server token. A server that is
/// refused gets an `IOException` whose message is the whole sentence ([FlagMismatch] for flags), and nothing was
/// written; a datastore that is away is its `DatastoreUnavailable`, to be asked again. Source: K3s'
/// `pkg/cluster/bootstrap.go` and `pkg/bootstrap`.
@NullMarked
package io.k3j.clusteragreement;

import org.jspecify.annotations.NullMarked;
