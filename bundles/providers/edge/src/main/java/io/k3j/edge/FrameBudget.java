package io.k3j.edge;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/// Rate limits for HTTP/2 frames that carry no data. Netty limits resets, empty DATA and CONTINUATION frames, but not
/// these. A connection above a limit is closed with ENHANCE_YOUR_CALM. For one thread.
final class FrameBudget {
    /// client-go pings every 30 s.
    private final TokenBucket pings = new TokenBucket(100, 10);
    private final TokenBucket settings = new TokenBucket(20, 1);
    /// Clients based on nghttp2 open with a small priority tree.
    private final TokenBucket priorities = new TokenBucket(500, 100);
    /// A client that reads a busy watch updates its windows every few kilobytes.
    private final TokenBucket windows = new TokenBucket(50_000, 50_000);
    private final TokenBucket unknown = new TokenBucket(100, 10);

    void ping() throws Http2Exception {
        spend(pings, "PING");
    }

    void settings() throws Http2Exception {
        spend(settings, "SETTINGS");
    }

    void priority() throws Http2Exception {
        spend(priorities, "PRIORITY");
    }

    void window() throws Http2Exception {
        spend(windows, "WINDOW_UPDATE");
    }

    void unknown() throws Http2Exception {
        spend(unknown, "unknown");
    }

    private static void spend(TokenBucket bucket, String frame) throws Http2Exception {
        if (!bucket.take()) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many %s frames", frame);
        }
    }
}
