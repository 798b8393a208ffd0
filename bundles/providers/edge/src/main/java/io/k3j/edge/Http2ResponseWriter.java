package io.k3j.edge;

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

/// Writes the response of one HTTP/2 stream. All on the connection's event loop.
final class Http2ResponseWriter extends ResponseWriter implements ChannelFutureListener {
    private final Http2ClientConnection handler;
    private final ChannelHandlerContext context;
    private final Http2Stream stream;
    private final DateHeader date;
    private final boolean headOnly;
    private int withheld;
    private long lastProgress;

    Http2ResponseWriter(Http2ClientConnection handler, Http2Stream stream, ClientConnection client, DateHeader date,
            RequestHead head) {
        super(head.announced(), client.outbox(), handler.unread());
        this.handler = handler;
        this.context = handler.context();
        this.stream = stream;
        this.date = date;
        this.headOnly = head.method().equals("HEAD");
    }

    /// How many of `received` bytes return to the stream's window at once; the rest returns when the reader has made
    /// room.
    int consumable(int received) {
        if (!body().full()) {
            return received;
        }
        withheld += received;
        return 0;
    }

    @Override
    void head(int status, Map<String, String> headers, long length, boolean last) {
        if (done) {
            return;
        }
        Http2Headers fields = new DefaultHttp2Headers(false, headers.size() + 3).status(Integer.toString(status));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (ResponseWriter.sendable(name, header.getValue())) {
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
    void data(ByteBuf data, boolean last, ChannelFutureListener sent) {
        if (done || headOnly) {
            data.release();
            context.newFailedFuture(new IllegalStateException("not wanted")).addListener(sent);
            return;
        }
        // one batch is in flight at a time: this call means that the previous one has been sent
        lastProgress = System.nanoTime();
        ChannelFuture future = handler.encoder()
                .writeData(context, stream.id(), data, 0, last, context.newPromise().addListener(sent));
        if (last) {
            finish(future);
        }
    }

    @Override
    void end() {
        if (!done) {
            finish(handler.encoder().writeData(context, stream.id(), Unpooled.EMPTY_BUFFER, 0, true,
                    context.newPromise()));
        }
    }

    private void finish(ChannelFuture sent) {
        done = true;
        if (!body().ended()) {
            sent.addListener(this);
        }
    }

    /// The response was sent before the request was complete: RST_STREAM with NO_ERROR tells the client to stop
    /// sending (RFC 9113 §8.1).
    @Override
    public void operationComplete(ChannelFuture sent) {
        if (sent.isSuccess() && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            handler.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
            context.flush();
        }
    }

    @Override
    void reset() {
        if (!done) {
            done = true;
            handler.resetStream(context, stream.id(), Http2Error.INTERNAL_ERROR.code(), context.newPromise());
        }
    }

    @Override
    void resume() {
        int released = withheld;
        withheld = 0;
        if (released > 0 && stream.state() != Http2Stream.State.CLOSED) {
            try {
                handler.connection().local().flowController().consumeBytes(stream, released);
            } catch (Http2Exception broken) {
                context.fireExceptionCaught(broken);
            }
        }
    }

    @Override
    boolean upgradable() {
        return false;
    }

    @Override
    void upgrade(Map<String, String> headers, RawDuplex duplex) {
        throw new IllegalStateException("HTTP/2 has no upgrade");
    }

    /// Resets the stream when nothing was sent for too long because the client keeps its window closed.
    /// @return whether the stream was reset
    boolean resetStalled(long now) {
        Http2RemoteFlowController windows = handler.encoder().flowController();
        boolean closed = windows.windowSize(stream) <= 0
                || windows.windowSize(handler.connection().connectionStream()) <= 0;
        HttpExchange ours = exchange();
        if (!closed || ours == null || now - lastProgress <= ours.stallNanos() || !windows.hasFlowControlled(stream)) {
            return false;
        }
        handler.resetStream(context, stream.id(), Http2Error.INTERNAL_ERROR.code(), context.newPromise());
        return true;
    }
}
