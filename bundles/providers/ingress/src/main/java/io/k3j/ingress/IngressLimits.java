package io.k3j.ingress;

/// What one client, or one endpoint, may use. Traefik's default where it has one, as the comment says.
final class IngressLimits {
    /// Open connections of clients on one entry point of this server.
    static final int CONNECTIONS = 20_000;
    /// Open connections of one client address; many clients may share one behind a router.
    static final int CONNECTIONS_PER_ADDRESS = 5_000;
    /// Requests at work on this server.
    static final int REQUESTS = 20_000;

    /// Request line.
    static final int LINE_BYTES = 32 * 1024;
    /// All header fields of a request or response.
    static final int HEADER_BYTES = 64 * 1024;
    /// Header fields of a request.
    static final int HEADER_COUNT = 200;
    /// Requests of one HTTP/1.1 connection that have been read and are not answered.
    static final int PIPELINED = 128;
    /// Concurrent streams of one HTTP/2 connection (Traefik's 250).
    static final int STREAMS = 250;
    /// What a client may send ahead on one of them.
    static final int STREAM_WINDOW = 256 * 1024;
    /// What a client may send ahead on all streams of a connection.
    static final int CONNECTION_WINDOW = 1024 * 1024;
    /// Resets of streams by one client in [#RESET_SECONDS].
    static final int RESETS = 300;
    static final int RESET_SECONDS = 10;
    /// A side that has so much waiting to be sent is not read for.
    static final int HIGH_WATER_BYTES = 128 * 1024;
    static final int LOW_WATER_BYTES = 32 * 1024;
    /// What is read of a body that nobody wants before its connection is closed.
    static final int DISCARDED_BYTES = 1024 * 1024;

    /// Until a TLS handshake has to be finished.
    static final long HANDSHAKE_SECONDS = 10;
    /// Until a request's head has to be complete, from its connection's beginning.
    static final long HEAD_SECONDS = 10;
    /// Until the next bytes of a body have to come (Traefik gives a whole request 60 s).
    static final long BODY_SECONDS = 60;
    /// Until a client has to take so much of what waits for it that it is written to again, or all of it at the end.
    static final long STALLED_SECONDS = 60;
    /// How long a connection of a client may be idle (Traefik's 180 s).
    static final long IDLE_SECONDS = 180;
    /// Until an endpoint has to begin its answer, after it has the request.
    static final long ANSWER_SECONDS = 300;
    /// How long an answer that has begun, or a websocket, may be silent in both directions.
    static final long SILENT_SECONDS = 3600;
    /// Until an endpoint has to accept a connection.
    static final int CONNECT_MILLIS = 3_000;
    /// Endpoints that are tried for one request.
    static final int TRIES = 3;
    /// How long an endpoint that did not accept a connection is asked after all others only.
    static final long FAILING_SECONDS = 5;
    /// Idle connections to one endpoint that are kept, on each event loop.
    static final int IDLE_UPSTREAMS = 64;
    /// Streams of one connection to an endpoint; what many servers take at least.
    static final int UPSTREAM_STREAMS = 100;
    /// What an endpoint may send ahead on one of them. A client that reads nothing keeps it, so their connection has it
    /// for each.
    static final int UPSTREAM_STREAM_WINDOW = 64 * 1024;
    /// How long one is kept (Traefik's 90 s).
    static final long IDLE_UPSTREAM_SECONDS = 90;
    /// For a body that is discarded, so that the client reads the answer before its connection ends.
    static final long DISCARD_SECONDS = 2;
    /// For requests at work when the bundle stops.
    static final long DRAIN_MILLIS = 3_300;
    /// How often a request may come back to an ingress before it is a loop.
    static final int HOPS = 3;

    private IngressLimits() {
    }
}
