package io.k3j.edge;

/// The bounds of what one peer may cost. Kubernetes has no standard for most of them; where its API
/// server has one, it is named.
final class Limits {
    /// Event loops; they decrypt and frame, everything else is on virtual threads.
    static final int EVENT_LOOPS = 2;

    /// Open connections of one port, however little there is of what they take; see [Capacity].
    static final int LEAST_CONNECTIONS = 1_000;
    /// What an open connection may come to on the heap: TLS engine, codec, windows at rest.
    static final int CONNECTION_BYTES = 64 * 1024;
    /// The part of the heap, and of all descriptors, that the connections of one port may take.
    static final int CONNECTIONS_PART = 2;
    /// Open connections of one address without a client certificate. High enough for a thousand
    /// token clients behind one proxy.
    static final int ANONYMOUS_CONNECTIONS_PER_ADDRESS = 2_000;
    /// Handshakes at work at once; further connections are closed.
    static final int HANDSHAKES = 1_024;
    /// When a connection could not be accepted, until the next try.
    static final long ACCEPT_AGAIN_MILLIS = 100;

    /// From accept to the end of the handshake.
    static final long HANDSHAKE_SECONDS = 10;
    /// From the handshake to the end of the first request head.
    static final long FIRST_REQUEST_SECONDS = 10;
    /// An HTTP/1.1 connection between two requests, including the next head.
    static final long IDLE_SECONDS = 120;
    /// An HTTP/2 connection without a stream.
    static final long IDLE_LINK_SECONDS = 180;
    /// A body that is wanted whole.
    static final long BODY_SECONDS = 60;
    /// The next bytes of a body that is read as a stream.
    static final long BODY_IDLE_SECONDS = 300;
    /// A client that takes nothing of what waits for it: the connection of HTTP/1.1, the stream of HTTP/2.
    static final long STALLED_SECONDS = 60;
    /// The same where a person may have paused what he reads; kubelet's `--streaming-connection-idle-timeout`.
    static final long PAUSED_SECONDS = 4 * 3600;
    /// An HTTP/2 connection whose socket takes nothing: unlike HTTP/1.1 it has windows for a client that wants to wait.
    static final long FULL_SECONDS = 30;
    /// An HTTP/2 connection with streams that says nothing, until it is pinged; as Kubernetes' clients do with us.
    static final long QUIET_SECONDS = 30;
    /// From that ping to a word from the client.
    static final long ANSWER_SECONDS = 15;
    /// Between two looks at an HTTP/2 connection.
    static final long LOOK_SECONDS = 3;
    /// The same for peers that vanish from other connections, as keepalive of TCP.
    static final int KEEPALIVE_PROBES = 3;
    static final int KEEPALIVE_PROBE_SECONDS = 5;
    /// What is in flight when the bundle stops.
    static final long DRAIN_SECONDS = 5;
    /// Between saying that a connection will end and ending it, so that no request crosses the word.
    static final long FAREWELL_SECONDS = 1;
    /// Then, for streams of HTTP/2 that are at work.
    static final long LAST_STREAMS_MILLIS = 3_200;

    /// Request line of HTTP/1.1; selectors make long ones.
    static final int LINE_BYTES = 32 * 1024;
    /// All header fields of one request; a few large tokens fit.
    static final int HEADER_BYTES = 64 * 1024;
    /// Header fields of one request.
    static final int HEADER_COUNT = 200;

    /// Streams of one HTTP/2 connection, as the API server's own default.
    static final int STREAMS = 250;
    /// Requests of one HTTP/2 connection whose endpoint is still at work, ended streams included:
    /// resetting a stream does not make room for another at once.
    static final int RUNNING_REQUESTS = 2 * STREAMS;
    /// Receive window of one stream, and what a body buffers before the sender has to wait.
    static final int STREAM_WINDOW = 256 * 1024;
    /// Receive window of a connection.
    static final int CONNECTION_WINDOW = 1024 * 1024;
    /// Smallest share a stream gets when several have data, so that an event is one frame.
    static final int FRAME_SHARE = 64 * 1024;

    /// Bytes of one answer that may wait before its writer has to.
    static final int PENDING_BYTES = 256 * 1024;
    /// Bytes of one connection that may wait before its writers have to.
    static final int PENDING_CONNECTION_BYTES = 4 * 1024 * 1024;
    /// An answer up to this size is taken without waiting.
    static final int SMALL_ANSWER_BYTES = 64 * 1024;
    /// One piece of a longer answer.
    static final int PIECE_BYTES = 128 * 1024;
    /// Small pieces of an answer that leave in one go, as long as this.
    static final int BATCH_BYTES = 64 * 1024;
    /// Netty's own marks, above ours: they only stop HTTP/2 from framing further ahead.
    static final int SOCKET_LOW_BYTES = 512 * 1024;
    static final int SOCKET_HIGH_BYTES = 2 * 1024 * 1024;

    private Limits() {
    }
}
