package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
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
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 request's way back. All on the connection's event loop.
final class Http1Wire implements Wire {
    private final Http1Connection connection;
    private final ChannelHandlerContext context;
    private final DateHeader date;
    private final Http1Heads.Answering answering;
    private final RequestBody body;
    private @Nullable HttpExchange exchange;
    private boolean keepAlive;
    private boolean continued;
    private boolean headSent;
    private boolean done;

    Http1Wire(Http1Connection connection, ChannelHandlerContext context, Outbox outbox, DateHeader date,
            Http1Heads.Answering answering) {
        this.connection = connection;
        this.context = context;
        this.date = date;
        this.answering = answering;
        this.keepAlive = answering.keepAlive();
        this.body = new RequestBody(answering.announced(), () -> outbox.post(new Demand()));
    }

    /// The request's body.
    RequestBody body() {
        return body;
    }

    /// Sets whose way back this is.
    void exchange(HttpExchange ours) {
        exchange = ours;
    }

    @Override
    public void head(int status, Map<String, String> headers, long length, boolean last) {
        if (done) {
            return;
        }
        headSent = true;
        // a client that waits for "100 Continue" and gets an answer may or may not send its body now
        keepAlive &= !(answering.expectsContinue() && !continued && !body.ended());
        keepAlive &= length >= 0 || answering.chunks() || answering.headOnly();
        HttpHeaders fields;
        if (last) {
            DefaultFullHttpResponse whole = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER);
            fields = fields(whole.headers(), status, headers, length);
            context.write(whole).addListener(afterwards());
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
            if (Wire.sendable(header.getKey().toLowerCase(Locale.ROOT), header.getValue())) {
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
    public void data(ByteBuf data, boolean last, ChannelFutureListener sent) {
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
    public void end() {
        if (!done) {
            context.write(LastHttpContent.EMPTY_LAST_CONTENT).addListener(afterwards());
            finish();
        }
    }

    private ChannelFutureListener afterwards() {
        return keepAlive ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE;
    }

    private void finish() {
        done = true;
        connection.answered(this, keepAlive);
    }

    @Override
    public void reset() {
        if (!done) {
            done = true;
            context.close();
        }
    }

    @Override
    public void resume() {
        if (answering.expectsContinue() && !continued && !headSent && !done) {
            continued = true;
            context.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    Unpooled.EMPTY_BUFFER));
        }
        connection.resume(context, this);
    }

    @Override
    public boolean upgradable() {
        return answering.chunks();
    }

    @Override
    public void upgrade(Map<String, String> headers, RawDuplex duplex) {
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

    /// No further request on this connection.
    void last() {
        keepAlive = false;
    }

    /// The connection has ended.
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
