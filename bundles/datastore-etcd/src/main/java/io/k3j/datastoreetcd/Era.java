package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdTxn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// In which era keys are created. "There is no such key" may hold twice: before an attempt whose answer was lost, and
/// after somebody has deleted what it created. So every creation also names the revision of one key that all servers
/// share, and whoever does not know what became of an attempt raises that key first. From then on the attempt took
/// place before the raise or never will, however late a member hands it on, and the log tells which.
///
/// The key is written only then, and never deleted, so that its revision never comes back.
final class Era {
    private static final String KEY = Changes.OWN + "era";
    private static final byte[] RAISED = {'1'};
    private final EtcdKv kv;
    private final AtomicLong known = new AtomicLong();

    Era(EtcdKv kv) {
        this.kv = kv;
    }

    /// The one to create in.
    long known() {
        return known.get();
    }

    /// Adds to a creation that it takes place in this era only; reads the one there is otherwise.
    static void bind(EtcdTxn txn, long era) {
        txn.when(KEY, era).orRead(KEY);
    }

    /// An attempt in `tried` was refused and has read this. Whether that was because the era is another one.
    boolean over(long tried, EtcdPage read) {
        long now = read.keys().isEmpty() ? 0 : read.keys().getFirst().modRevision();
        known.compareAndSet(tried, now);
        return now != tried;
    }

    /// Ends `tried`, unless that has been done; returns a revision up to which every attempt in it took place that ever
    /// will.
    /// @throws io.k3j.jetcd.EtcdFailure when it is not known whether it has ended
    long end(long tried, Duration limit) {
        EtcdTxn txn = new EtcdTxn().when(KEY, tried).put(KEY, RAISED, 0).orRead(KEY);
        EtcdTxn.Result result = kv.commit(txn, limit);
        if (result.succeeded()) {
            known.compareAndSet(tried, result.revision());
        } else {
            over(tried, result.read().getFirst());
        }
        return result.revision();
    }
}
