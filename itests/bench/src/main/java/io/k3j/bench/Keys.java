package io.k3j.bench;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// Names of pods. Clustered: neighbours in time are neighbours in the table, as the pods of a ReplicaSet are.
/// Random: each anywhere in the table.
final class Keys {
    private final boolean clustered;
    private final AtomicLong next = new AtomicLong();

    Keys(boolean clustered) {
        this.clustered = clustered;
    }

    String next(Random random) {
        long n = next.getAndIncrement();
        if (clustered) {
            return "/registry/pods/ns-" + (100 + n / 500 % 200) + "/app-" + n / 100 + "-5d8f7c9b6d-"
                    + Integer.toString(random.nextInt(46_656), 36) + Long.toString(n % 1_296, 36);
        }
        return "/registry/pods/ns-" + (100 + random.nextInt(200)) + "/app-"
                + Long.toHexString(random.nextLong() & (1L << 36) - 1) + "-" + Long.toString(n, 36);
    }
}
