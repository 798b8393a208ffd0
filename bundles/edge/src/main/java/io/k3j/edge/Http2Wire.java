package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 stream's way back. All on the connection's event loop.
final class Http2Wire implements Wire, ChannelFutureListener {
    private final Http2Link handler;
    private final ChannelHandlerContext context;
    private final Http2Stream stream;
    private final DateHeader date;
    private final boolean headOnly;
    private final RequestBody body;
    private @Nullable HttpExchange exchange;
    private int debt;
    private boolean done;
    private long moved;

    Http2Wire(Http2Link handler, Http2Stream stream, Link link, DateHeader date, RequestHead head) {
        this.handler = handler;
        this.context = handler.context();
        this.stream = stream;
        this.date = date;
        this.headOnly = head.method().equals("HEAD");
        this.body = new RequestBody(head.announced(), () -> link.outbox().post(new Demand()));
    }

    /// The request's body.
    RequestBody body() {
        return body;
    }

    /// Sets whose way back this is.
    void exchange(HttpExchange ours) {
        exchange = ours;
    }

    /// How many of `received` bytes the sender may replace at once; the rest has to wait for the reader.
    int granted(int received) {
        if (!body.full()) {
            return received;
        }
        debt += received;
        return 0;
    }

    @Override
    public void head(int status, Map<String, String> headers, long length, boolean last) {
        if (done) {
            return;
        }
        Http2Headers fields = new DefaultHttp2Headers(false, headers.size() + 3).status(Integer.toString(status));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (Wire.sendable(name, header.getValue())) {
                fields.set(name, header.getValue());
            }
        }
        fields.set("date", date.now());
        if (length >= 0 && status != 204 && status != 304) {
            fields.set("content-length", Long.toString(length));
        }
        ChannelFuture sent = handler.encoder().writeHeaders(context, stream.id(), fields, 0, last,
                context.newPromise());
        if (last) {
            finish(sent);
        }
    }

    @Override
    public void data(ByteBuf data, boolean last, ChannelFutureListener sent) {
        if (done || headOnly) {
            data.release();
            context.newFailedFuture(new IllegalStateException("not wanted")).addListener(sent);
            return;
        }
        // one batch at a time: that this one comes says that the one before has left
        moved = System.nanoTime();
        ChannelFuture future = handler.encoder()
                .writeData(context, stream.id(), data, 0, last, context.newPromise().addListener(sent));
        if (last) {
            finish(future);
        }
    }

    @Override
    public void end() {
        if (!done) {
            finish(handler.encoder().writeData(context, stream.id(), Unpooled.EMPTY_BUFFER, 0, true,
                    context.newPromise()));
        }
    }

    private void finish(ChannelFuture sent) {
        done = true;
        if (!body.ended()) {
            sent.addListener(this);
        }
    }

    /// The answer has left before the request was complete: the client need not send the rest.
    @Override
    public void operationComplete(ChannelFuture sent) {
        if (sent.isSuccess() && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            handler.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
            context.flush();
        }
    }

    @Override
    public void reset() {
        if (!done) {
            done = true;
            handler.resetStream(context, stream.id(), Http2Error.INTERNAL_ERROR.code(), context.newPromise());
        }
    }

    @Override
    public void resume() {
        int paid = debt;
        debt = 0;
        if (paid > 0 && stream.state() != Http2Stream.State.CLOSED) {
            try {
                handler.connection().local().flowController().consumeBytes(stream, paid);
            } catch (Http2Exception broken) {
                context.fireExceptionCaught(broken);
            }
        }
    }

    @Override
    public boolean upgradable() {
        return false;
    }

    @Override
    public void upgrade(Map<String, String> headers, RawDuplex duplex) {
        throw new IllegalStateException("HTTP/2 has no upgrade");
    }

    /// Breaks off when nothing has left for too long because the client does not open its window.
    /// @return whether it did
    boolean breakOffClosed(long now) {
        Http2RemoteFlowController windows = handler.encoder().flowController();
        boolean closed = windows.windowSize(stream) <= 0
                || windows.windowSize(handler.connection().connectionStream()) <= 0;
        HttpExchange ours = exchange;
        if (!closed || ours == null || now - moved <= ours.stallNanos() || !windows.hasFlowControlled(stream)) {
            return false;
        }
        handler.resetStream(context, stream.id(), Http2Error.INTERNAL_ERROR.code(), context.newPromise());
        return true;
    }

    /// The stream has ended, in order or not.
    void close() {
        done = true;
        HttpExchange ours = exchange;
        if (ours != null) {
            ours.clientGone();
        }
    }

    /// Breaks off when this endpoint is answering.
    void abandon(Endpoint endpoint) {
        HttpExchange ours = exchange;
        if (ours != null && ours.endpoint() == endpoint) {
            ours.abort();
        }
    }

    /// The reader of the body wants more.
    private final class Demand extends Message {
        @Override
        void send() {
            resume();
        }
    }
}
