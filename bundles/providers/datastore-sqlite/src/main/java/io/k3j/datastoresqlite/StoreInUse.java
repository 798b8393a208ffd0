package io.k3j.datastoresqlite;

import java.io.IOException;

/// Another process has locked the data directory.
final class StoreInUse extends IOException {
    private static final long serialVersionUID = 1L;

    StoreInUse(String message) {
        super(message);
    }
}
