package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdTxn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The era in which keys are created. The condition "the key does not exist" may hold twice for one creation:
/// before an attempt whose answer was lost, and again after another client has deleted the key it created.
/// Therefore every creation also compares the revision of one key all servers share. A commit with an unknown
/// outcome raises that key first. From then on the attempt was either applied before the raise or never will
/// be, however late a member forwards it, and the history tells which.
///
/// The key is written only in this case, and never deleted, so that its revision never recurs.
final class Era {
    private static final String KEY = EtcdChanges.OWN + "era";
    private static final byte[] RAISED = {'1'};
    private final EtcdKv kv;
    private final AtomicLong known = new AtomicLong();

    Era(EtcdKv kv) {
        this.kv = kv;
    }

    /// The last known era, for the next creation.
    long known() {
        return known.get();
    }

    /// Restricts a creation to this era; the transaction reads the current era otherwise.
    static void bind(EtcdTxn txn, long era) {
        txn.when(KEY, era).orRead(KEY);
    }

    /// Whether the attempt was refused because its era had ended; `read` is what it read.
    boolean ended(long tried, EtcdPage read) {
        long now = read.keys().isEmpty() ? 0 : read.keys().getFirst().modRevision();
        known.compareAndSet(tried, now);
        return now != tried;
    }

    /// Ends the era `tried`, unless another commit has done so.
    /// @return a revision such that every attempt in that era was applied before it or never will be
    /// @throws io.k3j.jetcd.EtcdFailure when it is not known whether the era has ended
    long end(long tried, Duration limit) {
        EtcdTxn txn = new EtcdTxn().when(KEY, tried).put(KEY, RAISED, 0).orRead(KEY);
        EtcdTxn.Result result = kv.commit(txn, limit);
        if (result.succeeded()) {
            known.compareAndSet(tried, result.revision());
        } else {
            ended(tried, result.read().getFirst());
        }
        return result.revision();
    }
}
