package io.k3j.apiserver;

import io.k3j.clientapi.Term;
import io.k3j.model.Key;
import java.time.Duration;

/// The term of a server that does not lead: writes bound to it are refused.
final class NoTerm implements Term {
    @Override
    public Key lease() {
        return Key.of("");
    }

    @Override
    public long revision() {
        return 0;
    }

    @Override
    public long after(long known, Duration atMost) {
        return 0;
    }
}
