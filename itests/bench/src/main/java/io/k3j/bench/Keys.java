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
                    + digits(random.nextInt(46_656), 46_656) + digits(n % 1_296, 1_296);
        }
        return "/registry/pods/ns-" + (100 + random.nextInt(200)) + "/app-"
                + Long.toHexString(random.nextLong() & (1L << 36) - 1) + "-" + Long.toString(n, 36);
    }

    /// A number below a power of 36, with all its digits: without the leading ones two numbers in a row are sometimes
    /// those of another name.
    private static String digits(long number, long below) {
        return Long.toString(below + number, 36).substring(1);
    }
}
