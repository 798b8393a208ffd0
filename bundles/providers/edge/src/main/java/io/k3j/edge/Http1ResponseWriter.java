package io.k3j.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Locale;
import java.util.Map;

/// Writes the response of one HTTP/1.1 request. All on the connection's event loop.
final class Http1ResponseWriter extends ResponseWriter {
    private final Http1Connection connection;
    private final ChannelHandlerContext context;
    private final DateHeader date;
    private final Http1Heads.Answering answering;
    private boolean keepAlive;
    private boolean continued;
    private boolean headSent;

    Http1ResponseWriter(Http1Connection connection, ChannelHandlerContext context, Outbox outbox, DateHeader date,
            Http1Heads.Answering answering) {
        super(answering.announced(), outbox, connection.unread());
        this.connection = connection;
        this.context = context;
        this.date = date;
        this.answering = answering;
        this.keepAlive = answering.keepAlive();
    }

    @Override
    void head(int status, Map<String, String> headers, long length, boolean last) {
        if (done) {
            return;
        }
        headSent = true;
        // after a final response instead of "100 Continue" the client may or may not send its body (RFC 9110 §10.1.1)
        keepAlive &= !(answering.expectsContinue() && !continued && !body().ended());
        keepAlive &= length >= 0 || answering.chunks() || answering.headOnly();
        HttpHeaders fields;
        if (last) {
            DefaultFullHttpResponse whole = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER);
            fields = fields(whole.headers(), status, headers, length);
            context.write(whole).addListener(onWritten());
            finish();
        } else {
            DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status));
            fields(head.headers(), status, headers, length);
            context.write(head);
        }
    }

    private HttpHeaders fields(HttpHeaders fields, int status, Map<String, String> headers, long length) {
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (ResponseWriter.sendable(header.getKey().toLowerCase(Locale.ROOT), header.getValue())) {
                fields.set(header.getKey(), header.getValue());
            }
        }
        fields.set("date", date.now());
        if (length >= 0 && status != 204 && status != 304) {
            fields.set("content-length", length);
        } else if (length < 0 && answering.chunks() && !answering.headOnly()) {
            fields.set("transfer-encoding", "chunked");
        }
        if (!keepAlive) {
            fields.set("connection", "close");
        } else if (!answering.chunks()) {
            fields.set("connection", "keep-alive");
        }
        return fields;
    }

    @Override
    void data(ByteBuf data, boolean last, ChannelFutureListener sent) {
        if (done || answering.headOnly()) {
            data.release();
            context.newFailedFuture(new IllegalStateException("not wanted")).addListener(sent);
            return;
        }
        context.write(new DefaultHttpContent(data)).addListener(sent);
        if (last) {
            end();
        }
    }

    @Override
    void end() {
        if (!done) {
            context.write(LastHttpContent.EMPTY_LAST_CONTENT).addListener(onWritten());
            finish();
        }
    }

    private ChannelFutureListener onWritten() {
        return keepAlive ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE;
    }

    private void finish() {
        done = true;
        connection.answered(this, keepAlive);
    }

    @Override
    void reset() {
        if (!done) {
            done = true;
            context.close();
        }
    }

    @Override
    void resume() {
        if (answering.expectsContinue() && !continued && !headSent && !done) {
            continued = true;
            context.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    Unpooled.EMPTY_BUFFER));
        }
        connection.resume(context, this);
    }

    @Override
    boolean upgradable() {
        return answering.chunks();
    }

    @Override
    void upgrade(Map<String, String> headers, RawDuplex duplex) {
        if (done) {
            duplex.peerGone();
            return;
        }
        done = true;
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        headers.forEach(answer.headers()::set);
        context.write(answer);
        ChannelPipeline pipeline = context.pipeline();
        pipeline.addLast(duplex);
        duplex.takeOver();
        pipeline.remove(connection);
        pipeline.remove(HttpServerCodec.class);
        pipeline.read();
    }

    /// Closes the connection after this response.
    void last() {
        keepAlive = false;
    }
}
