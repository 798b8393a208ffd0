package io.k3j.csi;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What has failed is done again after a while only, each time after twice as long, as upstream's pending operations
/// have it: the kubelet asks every two seconds, and a driver or an API server that is in trouble is not helped by that.
/// Until then the last failure is told again. Any thread, one at a time per operation; blocks as the operation does.
final class FailedOperations {
    /// Upstream's `initialDurationBeforeRetry` and `maxDurationBeforeRetry`.
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(122);
    private final InstantSource monotonic;
    /// As many as pods of this node have volumes.
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();

    FailedOperations(InstantSource monotonic) {
        this.monotonic = monotonic;
    }

    /// @param pause before the next try
    private record Failure(String message, Duration pause, Instant until) {
    }

    /// Something that drivers are asked for.
    @FunctionalInterface
    interface Operation<T> {
        T run() throws IOException;
    }

    /// Does it, unless it is too early.
    ///
    /// @param uid of the pod for which it is done
    /// @param name of it, for that pod
    /// @throws IOException its failure, or the last one
    <T> T run(String uid, String name, Operation<T> operation) throws IOException {
        String key = uid + "/" + name;
        Failure last = failures.get(key);
        if (last != null && monotonic.instant().isBefore(last.until())) {
            throw new IOException(last.message());
        }
        try {
            T done = operation.run();
            failures.remove(key);
            return done;
        } catch (IOException e) {
            Duration pause = last == null ? FIRST : last.pause().multipliedBy(2);
            Duration bounded = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
            failures.put(key, new Failure(String.valueOf(e.getMessage()), bounded, monotonic.instant().plus(bounded)));
            throw e;
        }
    }

    /// Nothing is done for a pod any more.
    void forget(String uid) {
        failures.keySet().removeIf(key -> key.startsWith(uid + "/"));
    }
}
