package io.k3j.componenthelpers;

/// How many streams one HTTP/2 connection may have at a time, by `http2-max-streams-per-connection` of a component that
/// has a port (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>). Pure.
public final class ConnectionStreams {
    /// Each stream may hold a window of memory.
    private static final int MOST = 10_000;

    private ConnectionStreams() {
    }

    /// The highest number that an argument may ask for.
    public static int most() {
        return MOST;
    }
}
