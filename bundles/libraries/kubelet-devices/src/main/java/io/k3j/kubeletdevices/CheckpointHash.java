package io.k3j.kubeletdevices;

import java.nio.charset.StandardCharsets;

/// The checksum in upstream's checkpoints: FNV-1a of 32 bits over a value as Go's `spew` prints it with `%#v`, sorted
/// keys and without methods (`k8s.io/kubernetes/pkg/util/hash`, `pkg/kubelet/checkpointmanager/checksum`). Pure.
final class CheckpointHash {
    private static final int OFFSET = 0x811c9dc5;
    private static final int PRIME = 0x01000193;

    private CheckpointHash() {
    }

    /// @param printed the value
    static long of(String printed) {
        int hash = OFFSET;
        for (byte b : printed.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * PRIME;
        }
        return Integer.toUnsignedLong(hash);
    }
}
