/// A client of etcd's gRPC API (<https://etcd.io/docs/v3.4/learning/api/>) as far as K3j needs it: key-value
/// transactions, watches, leases, members and maintenance.
///
/// It sits on `streaming`'s gRPC connection: blocking calls on the caller's virtual thread, two virtual threads
/// per connection, no retry behind the caller's back, so that a caller always knows whether a request may have
/// reached the cluster. `docs/adr/0016` says why this is not jetcd.
///
/// | type | is |
/// | --- | --- |
/// | `EtcdEndpoints` | where the members are, and how TLS to them is set up |
/// | `EtcdClient` | one connection at a time to one of them, moved on when it fails |
/// | `EtcdKv` | ranges, transactions, compaction, leases |
/// | `EtcdWatch` | changes as they come |
/// | `EtcdCluster` | members, status, alarms, snapshot |
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.etcdclient;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
