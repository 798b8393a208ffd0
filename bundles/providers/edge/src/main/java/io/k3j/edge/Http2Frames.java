package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Receives the frames of one HTTP/2 connection. All on the connection's event loop.
final class Http2Frames extends Http2EventAdapter {
    private final ClientConnection client;
    private final Dispatch dispatch;
    private final DateHeader date;
    private final int mostRunning;
    private final FrameBudget budget = new FrameBudget();
    private final List<HttpExchange> newExchanges = new ArrayList<>();
    private Http2Connection.@Nullable PropertyKey writerKey;
    private @Nullable Http2ClientConnection handler;
    private @Nullable ChannelHandlerContext context;

    /// @param mostRunning how many requests endpoints may be serving, those of reset streams among them
    Http2Frames(ClientConnection client, Dispatch dispatch, DateHeader date, int mostRunning) {
        this.client = client;
        this.dispatch = dispatch;
        this.date = date;
        this.mostRunning = mostRunning;
    }

    /// Called once, before the first frame.
    void attach(Http2ClientConnection connection, ChannelHandlerContext added) {
        handler = connection;
        context = added;
        writerKey = connection.connection().newKey();
    }

    UnreadBodies unread() {
        return dispatch.unread();
    }

    /// A listener for the begin and end of streams.
    Http2ConnectionAdapter streams() {
        return new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                client.clearDeadline();
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        };
    }

    private void closed(Http2Stream stream) {
        Http2ResponseWriter writer = writer(stream);
        if (writer != null) {
            writer.close();
        }
        if (handler != null && handler.connection().numActiveStreams() == 0) {
            client.expectClient(Limits.IDLE_HTTP2_SECONDS);
        }
    }

    /// Aborts the responses of this endpoint.
    void abandon(Endpoint endpoint) {
        all().forEach(writer -> writer.abandon(endpoint));
    }

    /// Resets streams whose client has kept the window closed for too long.
    void resetStalled(long now) {
        boolean any = false;
        for (Http2ResponseWriter writer : all()) {
            any |= writer.resetStalled(now);
        }
        if (any && handler != null) {
            handler.flush();
        }
    }

    private List<Http2ResponseWriter> all() {
        List<Http2ResponseWriter> all = new ArrayList<>();
        if (handler == null || context == null) {
            return all;
        }
        try {
            handler.connection().forEachActiveStream(stream -> {
                Http2ResponseWriter writer = writer(stream);
                return writer == null || all.add(writer);
            });
        } catch (Http2Exception broken) {
            context.close();
        }
        return all;
    }

    private @Nullable Http2ResponseWriter writer(@Nullable Http2Stream stream) {
        return stream == null || writerKey == null ? null : stream.getProperty(writerKey);
    }

    private @Nullable Http2ResponseWriter writer(int id) {
        return handler == null ? null : writer(handler.connection().stream(id));
    }

    /// Starts the requests of this read. They are collected first, since their bodies may have arrived with their
    /// heads.
    void startRequests() {
        for (HttpExchange exchange : newExchanges) {
            exchange.start();
        }
        newExchanges.clear();
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int dependency, short weight,
            boolean exclusive, int padding, boolean last) throws Http2Exception {
        onHeadersRead(ctx, id, headers, padding, last);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        Http2ResponseWriter known = writer(id);
        if (known != null) {
            known.body().end();
            return;
        }
        RequestHead head = Http2Heads.head(headers);
        if (head == null || handler == null || context == null) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "malformed request");
        }
        if (client.running() + newExchanges.size() >= mostRunning) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many requests at work");
        }
        Http2Stream stream = handler.connection().stream(id);
        Http2ResponseWriter writer = new Http2ResponseWriter(handler, stream, client, date, head);
        stream.setProperty(writerKey, writer);
        HttpExchange exchange = new HttpExchange(head, writer.body(), writer, client, dispatch);
        writer.exchange(exchange);
        if (last) {
            writer.body().end();
        }
        newExchanges.add(exchange);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
        int received = data.readableBytes();
        Http2ResponseWriter writer = writer(id);
        if (writer == null) {
            return received + padding;
        }
        writer.body().feed(ByteBufUtil.getBytes(data));
        if (last) {
            writer.body().end();
            return received + padding;
        }
        return padding + writer.consumable(received);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        budget.ping();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        budget.settings();
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        budget.settings();
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        budget.ping();
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        budget.priority();
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int more) throws Http2Exception {
        budget.window();
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload) {
        // this callback may not throw; unknown frames are limited as pings are
        try {
            budget.unknown();
        } catch (Http2Exception tooMany) {
            ctx.close();
        }
    }
}
