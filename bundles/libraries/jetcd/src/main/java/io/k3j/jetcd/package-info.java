/// Calls of etcd's gRPC API (<https://etcd.io/docs/v3.4/learning/api/>) as far as K3j needs it, through jetcd: its
/// channels and its generated stubs, without retries behind the caller's back, so that a caller always knows
/// whether a request may have reached the cluster. `docs/adr/0099` says why it is used like this.
///
/// | type | is |
/// | --- | --- |
/// | `EtcdEndpoints` | where the members are, and how TLS to them is set up |
/// | `EtcdClient` | one connection at a time to one of them, moved on when it fails |
/// | `EtcdKv` | ranges, transactions, compaction, leases |
/// | `EtcdWatch` | changes as they come |
/// | `EtcdCluster` | members, status, snapshot |
///
/// Nothing of jetcd, gRPC, protobuf or Netty is seen in it from outside.
///
/// **Threads.** Any thread calls and waits for its answer, as long as it says at most; one thread for each client
/// reads and writes, and calls the receivers of watches. **Errors.** [EtcdFailure] with its kind. **Memory.** An
/// answer is 64 MiB at most.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.jetcd;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
