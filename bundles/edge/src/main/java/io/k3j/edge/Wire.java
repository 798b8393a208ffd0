package io.k3j.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.util.Map;

/// One request's way back to its client, in either protocol. Every method runs on the connection's event loop and is
/// a no-op (releasing what it was given) once the client has gone.
interface Wire {
    /// Whether a header of an endpoint may be sent. One that speaks of one connection only is not the endpoint's; one
    /// that is not well formed, from behind a proxy for instance, would break the connection and every answer on it.
    static boolean sendable(String lowerCaseName, String value) {
        return switch (lowerCaseName) {
            case "audit-id", "cache-control", "content-type" -> true;
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> false;
            default -> HttpHeaderValidationUtil.validateToken(lowerCaseName) < 0
                    && HttpHeaderValidationUtil.validateValidHeaderValue(value) < 0;
        };
    }

    /// The head; `length` is -1 when unknown; with `last` nothing follows.
    void head(int status, Map<String, String> headers, long length, boolean last);

    /// A piece of the body; `sent` hears when it has left or failed.
    void data(ByteBuf data, boolean last, ChannelFutureListener sent);

    /// The end, without further data.
    void end();

    /// Breaks off, so that the client notices.
    void reset();

    /// The body's reader wants more.
    void resume();

    /// Leaves HTTP after a 101; from then on bytes go to and come from `duplex`.
    /// @return whether the protocol can
    boolean upgradable();

    /// Answers 101 and hands the connection over.
    void upgrade(Map<String, String> headers, RawDuplex duplex);
}
