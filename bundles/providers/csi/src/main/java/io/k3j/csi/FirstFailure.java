package io.k3j.csi;

import io.k3j.nodefiles.NamedLocks;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Several things of which each is done, whatever becomes of those before it. For one thread.
final class FirstFailure {
    private @Nullable IOException first;

    void of(NamedLocks.Work work) {
        try {
            work.run();
        } catch (IOException e) {
            first = first == null ? e : first;
        }
    }

    /// @throws IOException the first one, when there was any
    void check() throws IOException {
        if (first != null) {
            throw first;
        }
    }
}
