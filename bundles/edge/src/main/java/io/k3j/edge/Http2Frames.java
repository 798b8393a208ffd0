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

/// What the client of one HTTP/2 connection sends, frame by frame. All on the connection's event loop.
final class Http2Frames extends Http2EventAdapter {
    private final Link link;
    private final Dispatch dispatch;
    private final DateHeader date;
    private final FrameBudget budget = new FrameBudget();
    private final List<HttpExchange> arrived = new ArrayList<>();
    private Http2Connection.@Nullable PropertyKey wires;
    private @Nullable Http2Link handler;
    private @Nullable ChannelHandlerContext context;

    Http2Frames(Link link, Dispatch dispatch, DateHeader date) {
        this.link = link;
        this.dispatch = dispatch;
        this.date = date;
    }

    /// Called once, before the first frame.
    void attach(Http2Link link2, ChannelHandlerContext ours) {
        handler = link2;
        context = ours;
        wires = link2.connection().newKey();
    }

    /// Hears of streams that end.
    Http2ConnectionAdapter streams() {
        return new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                link.serve();
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        };
    }

    private void closed(Http2Stream stream) {
        Http2Wire wire = wire(stream);
        if (wire != null) {
            wire.close();
        }
        if (handler != null && handler.connection().numActiveStreams() == 0) {
            link.await(Limits.IDLE_LINK_SECONDS);
        }
    }

    /// Breaks off what this endpoint is answering.
    void abandon(Endpoint endpoint) {
        all().forEach(wire -> wire.abandon(endpoint));
    }

    /// Breaks off answers that have been waiting for their client's window for too long.
    void breakOffClosed(long now) {
        boolean any = false;
        for (Http2Wire wire : all()) {
            any |= wire.breakOffClosed(now);
        }
        if (any && handler != null) {
            handler.flush();
        }
    }

    private List<Http2Wire> all() {
        List<Http2Wire> all = new ArrayList<>();
        if (handler == null || context == null) {
            return all;
        }
        try {
            handler.connection().forEachActiveStream(stream -> {
                Http2Wire wire = wire(stream);
                return wire == null || all.add(wire);
            });
        } catch (Http2Exception broken) {
            context.close();
        }
        return all;
    }

    private @Nullable Http2Wire wire(@Nullable Http2Stream stream) {
        return stream == null || wires == null ? null : stream.getProperty(wires);
    }

    private @Nullable Http2Wire wire(int id) {
        return handler == null ? null : wire(handler.connection().stream(id));
    }

    /// Starts the requests of this read, whose bodies may have come along with their heads.
    void startRequests() {
        for (HttpExchange exchange : arrived) {
            exchange.start();
        }
        arrived.clear();
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int dependency, short weight,
            boolean exclusive, int padding, boolean last) throws Http2Exception {
        onHeadersRead(ctx, id, headers, padding, last);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        Http2Wire known = wire(id);
        if (known != null) {
            known.body().end();
            return;
        }
        RequestHead head = Http2Heads.head(headers);
        if (head == null || handler == null || context == null) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "malformed request");
        }
        if (link.running() + arrived.size() >= Limits.RUNNING_REQUESTS) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many requests at work");
        }
        Http2Stream stream = handler.connection().stream(id);
        Http2Wire wire = new Http2Wire(handler, stream, link, date, head);
        stream.setProperty(wires, wire);
        HttpExchange exchange = new HttpExchange(head, wire.body(), wire, link, dispatch);
        wire.exchange(exchange);
        if (last) {
            wire.body().end();
        }
        arrived.add(exchange);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
        int received = data.readableBytes();
        Http2Wire wire = wire(id);
        if (wire == null) {
            return received + padding;
        }
        wire.body().feed(ByteBufUtil.getBytes(data));
        if (last) {
            wire.body().end();
            return received + padding;
        }
        return padding + wire.granted(received);
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
        // the decoder calls this without a way to throw: unknown frames are bounded as pings are
        try {
            budget.unknown();
        } catch (Http2Exception tooMany) {
            ctx.close();
        }
    }
}
