package io.k3j.jetcd;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.TxnRequest;
import java.time.Duration;

/// Keys and values (etcd's services `KV` and `Lease`; "etcd API guarantees"). Every call is one request; see
/// [EtcdClient] for threads and failures.
public final class EtcdKv {
    private final EtcdClient client;

    /// Over this client.
    public EtcdKv(EtcdClient client) {
        this.client = client;
    }

    /// The keys of a range in the order of their bytes.
    ///
    /// @param limit the most that is answered, 0: all
    /// @param revision as they were right after it; 0: now, confirmed by a majority (linearizable)
    /// @throws EtcdFailure of kind `COMPACTED` or `FUTURE` for a revision that is gone or has not come
    public EtcdPage range(EtcdRange range, long limit, long revision, Duration timeout) {
        return range(range.request().setLimit(limit).setRevision(revision).build(), timeout);
    }

    /// The keys of a range as they are now, in the order of their bytes, without their values.
    ///
    /// @param limit as in [#range]
    public EtcdPage keys(EtcdRange range, long limit, Duration timeout) {
        return range(range.request().setLimit(limit).setKeysOnly(true).build(), timeout);
    }

    /// How many keys there are in a range, without their values.
    ///
    /// @param revision as in [#range]
    public EtcdPage count(EtcdRange range, long revision, Duration timeout) {
        return range(range.request().setRevision(revision).setCountOnly(true).build(), timeout);
    }

    private EtcdPage range(RangeRequest request, Duration timeout) {
        return EtcdPage.of(client.call(KVGrpc::newBlockingStub, kv -> kv.range(request), timeout));
    }

    /// Carries out a transaction, once: everything in it has one revision, or nothing happens.
    ///
    /// @throws EtcdFailure of kind `UNCERTAIN` when it may have been carried out; only reading the keys tells
    public EtcdTxn.Result commit(EtcdTxn txn, Duration timeout) {
        TxnRequest request = txn.done();
        return EtcdTxn.Result.of(client.call(KVGrpc::newBlockingStub, kv -> kv.txn(request), timeout));
    }

    /// Forgets what was superseded at or before a revision; the state at it can still be read. Watches that lag
    /// behind it end.
    ///
    /// @throws EtcdFailure of kind `COMPACTED` when that was done already, `FUTURE` for a revision that has not
    /// come
    public void compact(long revision, Duration timeout) {
        compact(CompactionRequest.newBuilder().setRevision(revision).build(), timeout);
    }

    /// As [#compact], and waits until the member that is asked has removed it all and written that down (`physical` of
    /// etcd's API reference). Before that an etcd that ends and starts again may forget revisions of which nothing is
    /// left (etcd-io/etcd#17780).
    public void compactPhysically(long revision, Duration timeout) {
        compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build(), timeout);
    }

    private void compact(CompactionRequest request, Duration timeout) {
        client.call(KVGrpc::newBlockingStub, kv -> kv.compact(request), timeout);
    }

    /// A new lease; keys put with it vanish when its seconds are over, each as a deletion with a revision.
    ///
    /// @param seconds etcd may give it more
    /// @return its id
    public long lease(long seconds, Duration timeout) {
        LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        return client.call(LeaseGrpc::newBlockingStub, leases -> leases.leaseGrant(request), timeout).getID();
    }
}
