package io.k3j.etcdclient;

import java.time.Duration;

/// Keys and values. Every call is one request; see [EtcdClient] for threads and failures.
public final class EtcdKv {
    private static final String KV = "/etcdserverpb.KV/";
    private final EtcdClient client;

    /// Over this client.
    public EtcdKv(EtcdClient client) {
        this.client = client;
    }

    /// The keys of a range, at most `limit` (0: all), as they were at `revision` (0: now, confirmed by a
    /// majority).
    public EtcdPage range(EtcdRange range, long limit, long revision, Duration timeout) {
        byte[] request = range.write(new ProtoWriter()).number(3, limit).number(4, revision).done();
        return EtcdPage.read(new ProtoReader(client.call(KV + "Range", request, timeout)));
    }

    /// How many keys there are in a range at `revision` (0: now), without their values.
    public EtcdPage count(EtcdRange range, long revision, Duration timeout) {
        byte[] request = range.write(new ProtoWriter()).number(4, revision).flag(9, true).done();
        return EtcdPage.read(new ProtoReader(client.call(KV + "Range", request, timeout)));
    }

    /// Carries out a transaction, once.
    public EtcdTxn.Result commit(EtcdTxn txn, Duration timeout) {
        return EtcdTxn.Result.read(new ProtoReader(client.call(KV + "Txn", txn.done(), timeout)));
    }

    /// Forgets what was superseded at or before a revision.
    public void compact(long revision, Duration timeout) {
        client.call(KV + "Compact", new ProtoWriter().number(1, revision).done(), timeout);
    }

    /// A new lease; keys put with it vanish when its seconds are over.
    public long lease(long seconds, Duration timeout) {
        byte[] request = new ProtoWriter().number(1, seconds).done();
        ProtoReader in = new ProtoReader(client.call("/etcdserverpb.Lease/LeaseGrant", request, timeout));
        long id = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            id = field == 2 ? in.number() : id;
        }
        return id;
    }

    /// The numbers in a header, by their fields: 1 the cluster, 2 the member, 3 the revision.
    static void header(ProtoReader header, long[] numbers) {
        for (int field = header.next(); field != 0; field = header.next()) {
            if (field < numbers.length) {
                numbers[field] = header.number();
            }
        }
    }
}
