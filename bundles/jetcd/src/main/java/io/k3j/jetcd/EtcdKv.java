package io.k3j.jetcd;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.TxnRequest;
import java.time.Duration;

/// Keys and values. Every call is one request; see [EtcdClient] for threads and failures.
public final class EtcdKv {
    private final EtcdClient client;

    /// Over this client.
    public EtcdKv(EtcdClient client) {
        this.client = client;
    }

    /// The keys of a range, at most `limit` (0: all), as they were at `revision` (0: now, confirmed by a
    /// majority).
    public EtcdPage range(EtcdRange range, long limit, long revision, Duration timeout) {
        return range(range.request().setLimit(limit).setRevision(revision).build(), timeout);
    }

    /// How many keys there are in a range at `revision` (0: now), without their values.
    public EtcdPage count(EtcdRange range, long revision, Duration timeout) {
        return range(range.request().setRevision(revision).setCountOnly(true).build(), timeout);
    }

    private EtcdPage range(RangeRequest request, Duration timeout) {
        return EtcdPage.of(client.call(KVGrpc::newBlockingStub, kv -> kv.range(request), timeout));
    }

    /// Carries out a transaction, once.
    public EtcdTxn.Result commit(EtcdTxn txn, Duration timeout) {
        TxnRequest request = txn.done();
        return EtcdTxn.Result.of(client.call(KVGrpc::newBlockingStub, kv -> kv.txn(request), timeout));
    }

    /// Forgets what was superseded at or before a revision.
    public void compact(long revision, Duration timeout) {
        CompactionRequest request = CompactionRequest.newBuilder().setRevision(revision).build();
        client.call(KVGrpc::newBlockingStub, kv -> kv.compact(request), timeout);
    }

    /// A new lease; keys put with it vanish when its seconds are over.
    public long lease(long seconds, Duration timeout) {
        LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        return client.call(LeaseGrpc::newBlockingStub, leases -> leases.leaseGrant(request), timeout).getID();
    }
}
