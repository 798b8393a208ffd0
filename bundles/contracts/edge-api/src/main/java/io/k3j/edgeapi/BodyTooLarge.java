package io.k3j.edgeapi;

import java.io.IOException;

/// A request body beyond its bound.
public final class BodyTooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    /// `maxBytes` is the bound.
    public BodyTooLarge(int maxBytes) {
        super("limit is " + maxBytes);
    }
}
