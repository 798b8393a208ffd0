package io.k3j.edge;

/// Limits on the resources that one client may use. Kubernetes has no standard for most of them; where kube-apiserver
/// has one, the comment names it.
final class Limits {
    /// Event loops; they decrypt and frame, everything else runs on virtual threads.
    static final int EVENT_LOOPS = 2;

    /// The least number of connections a port accepts, independent of descriptors and heap; see [Capacity].
    static final int LEAST_CONNECTIONS = 1_000;
    /// The part of a server's connections that may come by each loopback address where `--bind-address` names another
    /// one.
    static final int LOOPBACK_PART = 8;
    /// The number of connections a port of scheduler or controllers accepts: few read there, and who fills it must not
    /// take the descriptors of the others.
    static final int COMPONENT_CONNECTIONS = 250;
    /// Heap that an open connection may need: TLS engine, codec, idle windows.
    static final int CONNECTION_BYTES = 64 * 1024;
    /// The fraction (1/n) of heap and descriptors that the connections of one port may use.
    static final int CONNECTIONS_PART = 2;
    /// Open connections of one address without a client certificate. High enough for a thousand token clients behind
    /// one proxy.
    static final int ANONYMOUS_CONNECTIONS_PER_ADDRESS = 2_000;
    /// The fraction (1/n) of a port's connections that may be open under one name of client certificates: under the
    /// three that a node has, there is room for others.
    static final int NAME_PART = 4;
    /// Concurrent handshakes; for a further one the client is closed that has said nothing for longest.
    static final int HANDSHAKES = 1_024;
    /// The fraction (1/n) of them that one address may have, behind which a whole site may stand; of IPv6 a network of
    /// 64 bits.
    static final int HANDSHAKES_PART = 2;
    /// The pause after a failed `accept`.
    static final long ACCEPT_RETRY_MILLIS = 100;

    /// Timeout for the client's next step of the handshake.
    static final long HANDSHAKE_SECONDS = 10;
    /// Timeout from the handshake to the end of the first request head.
    static final long FIRST_REQUEST_SECONDS = 10;
    /// Idle timeout of an HTTP/1.1 connection, including the next head.
    static final long IDLE_SECONDS = 120;
    /// Idle timeout of an HTTP/2 connection without streams.
    static final long IDLE_HTTP2_SECONDS = 180;
    /// Timeout for a body that is read as a whole.
    static final long BODY_SECONDS = 60;
    /// Timeout for the next bytes of a body that is read as a stream.
    static final long BODY_IDLE_SECONDS = 300;
    /// Timeout of a client that reads nothing of a response: the connection in HTTP/1.1, the stream in HTTP/2.
    static final long STALLED_SECONDS = 60;
    /// The same for responses that a person may pause; the kubelet's `--streaming-connection-idle-timeout`.
    static final long PAUSED_SECONDS = 4 * 3600;
    /// Timeout of an HTTP/2 connection whose socket stays full: a client that wants to pause has stream windows for
    /// that.
    static final long FULL_SECONDS = 30;
    /// Time without frames after which an HTTP/2 connection with streams is pinged; client-go pings its servers
    /// likewise.
    static final long PING_AFTER_SECONDS = 30;
    /// Timeout of the answer to that ping.
    static final long PING_TIMEOUT_SECONDS = 15;
    /// Interval of the checks of an HTTP/2 connection.
    static final long CHECK_SECONDS = 3;
    /// TCP keep-alive for peers that vanish from other connections.
    static final int KEEPALIVE_PROBES = 3;
    static final int KEEPALIVE_PROBE_SECONDS = 5;
    /// Time for requests in flight when the bundle stops.
    static final long DRAIN_SECONDS = 5;
    /// Time between announcing the end of a connection and ending it, so that no request is lost in flight.
    static final long GO_AWAY_SECONDS = 1;
    /// Time after that for active HTTP/2 streams.
    static final long LAST_STREAMS_MILLIS = 3_200;
    /// Time for the client to close an HTTP/2 connection after its last stream.
    static final long LINGER_MILLIS = 1_000;
    /// Time after the first announcement when it is closed whatever happens.
    static final long LAST_MILLIS = 4_400;

    /// Request line of HTTP/1.1; selectors make long lines.
    static final int LINE_BYTES = 32 * 1024;
    /// All header fields of one request; a few large tokens fit.
    static final int HEADER_BYTES = 64 * 1024;
    /// Header fields of one request.
    static final int HEADER_COUNT = 200;

    /// Concurrent streams of one HTTP/2 connection, unless `http2-max-streams-per-connection` says another number.
    static final int STREAMS = 250;
    /// How many requests of one HTTP/2 connection endpoints may still be serving for each stream it may have, including
    /// reset streams: resetting a stream does not make room for another at once ("rapid reset", CVE-2023-44487).
    static final int RUNNING_PER_STREAM = 2;
    /// Receive window of one stream, and the bytes a body buffers before its sender must wait.
    static final int STREAM_WINDOW = 256 * 1024;
    /// The least that a piece of a body counts, however small: what an array costs.
    static final int LEAST_PIECE_BYTES = 32;
    /// The fraction (1/n) of the heap that bodies which wait for their readers may have, per port.
    static final int UNREAD_PART = 16;
    /// The least of that: sixty-four full windows.
    static final long LEAST_UNREAD_BYTES = 64L * STREAM_WINDOW;
    /// The fraction (1/n) of the heap that complete answers which wait for their clients may have, per port.
    static final int UNSENT_PART = 8;
    /// How long the client has taken nothing whose connection is reset for the others' sake.
    static final long UNSENT_SECONDS = 5;
    /// Between two looks for such a one.
    static final long UNSENT_LOOK_MILLIS = 50;
    /// Receive window of a connection.
    static final int CONNECTION_WINDOW = 1024 * 1024;
    /// Smallest share of a stream when several have data, so that a watch event is one frame.
    static final int FRAME_SHARE = 64 * 1024;

    /// Bytes of one response that may be queued before its writer blocks.
    static final int PENDING_BYTES = 256 * 1024;
    /// Bytes of one connection that may be queued before its writers block.
    static final int PENDING_CONNECTION_BYTES = 4 * 1024 * 1024;
    /// A response of up to this size is queued without blocking.
    static final int SMALL_ANSWER_BYTES = 64 * 1024;
    /// Size of the pieces of a longer response.
    static final int PIECE_BYTES = 128 * 1024;
    /// Small pieces are combined up to this size.
    static final int BATCH_BYTES = 64 * 1024;
    /// Netty's watermarks, above the limits here: they only stop HTTP/2 from framing further ahead.
    static final int SOCKET_LOW_BYTES = 512 * 1024;
    static final int SOCKET_HIGH_BYTES = 2 * 1024 * 1024;

    private Limits() {
    }
}
