package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the response of one request, in either protocol. Every method runs on the connection's event loop. Once the
/// client has disconnected, every method only releases its arguments.
abstract class ResponseWriter {
    private final RequestBody body;
    private @Nullable HttpExchange exchange;
    /// Whether nothing more may be sent: the response is complete, or the client has disconnected.
    boolean done;

    /// @param announced the declared length of the request body
    /// @param unread where what waits in the body is counted
    ResponseWriter(long announced, Outbox outbox, UnreadBodies unread) {
        body = new RequestBody(announced, () -> outbox.post(new Demand()), unread);
    }

    /// The request's body.
    final RequestBody body() {
        return body;
    }

    /// Sets the exchange of this response.
    final void exchange(HttpExchange ours) {
        exchange = ours;
    }

    /// The exchange of this response, null before it starts.
    final @Nullable HttpExchange exchange() {
        return exchange;
    }

    /// Called when the connection or the stream has ended.
    final void close() {
        done = true;
        HttpExchange ours = exchange;
        if (ours != null) {
            ours.clientGone();
        }
    }

    /// Aborts the response if this endpoint serves it.
    final void abandon(Endpoint endpoint) {
        HttpExchange ours = exchange;
        if (ours != null && ours.endpoint() == endpoint) {
            ours.abort();
        }
    }

    /// Posted when the reader of the body wants more.
    private final class Demand extends Message {
        @Override
        void send() {
            resume();
        }
    }

    /// Whether an endpoint's header may be sent. Hop-by-hop headers are not the endpoint's; a malformed header, for
    /// instance from behind a proxy, would break the connection with all its responses.
    static boolean sendable(String lowerCaseName, String value) {
        return switch (lowerCaseName) {
            case "audit-id", "cache-control", "content-type" -> true;
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> false;
            default -> HttpHeaderValidationUtil.validateToken(lowerCaseName) < 0
                    && HttpHeaderValidationUtil.validateValidHeaderValue(value) < 0;
        };
    }

    /// Writes the head; `length` is -1 when unknown; with `last` there is no body.
    abstract void head(int status, Map<String, String> headers, long length, boolean last);

    /// Writes a piece of the body; `sent` is called when it was written or has failed.
    abstract void data(ByteBuf data, boolean last, ChannelFutureListener sent);

    /// Ends the response without further data.
    abstract void end();

    /// Resets the stream or connection, so that the client sees an incomplete response.
    abstract void reset();

    /// Grants the sender more, because the body's reader has made room.
    abstract void resume();

    /// Whether the protocol supports an upgrade.
    abstract boolean upgradable();

    /// Answers 101 and hands the connection to `duplex`.
    abstract void upgrade(Map<String, String> headers, RawDuplex duplex);
}
