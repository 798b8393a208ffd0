package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 on one connection: one request at a time; pipelined requests are held back until it is answered. All on
/// the connection's event loop.
///
/// Reads on demand only: the next head, more of a body that has room, and once more while a response is being made,
/// to detect that the client closes the connection.
final class Http1Connection extends ChannelInboundHandlerAdapter implements Protocol {
    private final ClientConnection client;
    private final Dispatch dispatch;
    private final DateHeader date;
    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();
    private @Nullable Http1ResponseWriter current;
    private @Nullable HttpExchange starting;
    private boolean discarding;
    private boolean closing;
    private boolean draining;

    Http1Connection(ClientConnection client, Dispatch dispatch, DateHeader date) {
        this.client = client;
        this.dispatch = dispatch;
        this.date = date;
    }

    /// Where what waits in bodies is counted.
    UnreadBodies unread() {
        return dispatch.unread();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (!pending.isEmpty() || message instanceof HttpRequest && current != null) {
            pending.add((HttpObject) message);
        } else {
            handle(context, (HttpObject) message);
        }
    }

    private void handle(ChannelHandlerContext context, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            refuse(context, message.decoderResult().cause());
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(context, request);
        }
        if (message instanceof HttpContent content) {
            receive(content);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        RequestHead head = Http1Heads.head(request);
        if (head == null) {
            refuse(context, null);
            return;
        }
        client.clearDeadline();
        Http1ResponseWriter writer = new Http1ResponseWriter(this, context, client.outbox(), date,
                Http1Heads.answering(request));
        HttpExchange exchange = new HttpExchange(head, writer.body(), writer, client, dispatch);
        writer.exchange(exchange);
        if (draining) {
            writer.last();
        }
        current = writer;
        starting = exchange;
    }

    private void receive(HttpContent content) {
        Http1ResponseWriter writer = current;
        if (writer != null) {
            if (!discarding) {
                writer.body().feed(ByteBufUtil.getBytes(content.content()));
            }
            if (content instanceof LastHttpContent) {
                writer.body().end();
            }
        }
        content.release();
        if (discarding && content instanceof LastHttpContent) {
            nextRequest();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        startRequest();
        if (mayRead()) {
            context.read();
        }
    }

    private void startRequest() {
        HttpExchange exchange = starting;
        starting = null;
        if (exchange != null) {
            exchange.start();
        }
    }

    private boolean mayRead() {
        Http1ResponseWriter writer = current;
        return !closing && pending.isEmpty() && (writer == null || discarding || !writer.body().full());
    }

    /// Reads on, because the body's reader has made room.
    void resume(ChannelHandlerContext context, Http1ResponseWriter writer) {
        if (writer == current && mayRead()) {
            context.read();
        }
    }

    /// Called when the response is written; `keepAlive` tells whether another request may follow.
    void answered(Http1ResponseWriter writer, boolean keepAlive) {
        if (writer != current) {
            return;
        }
        if (!keepAlive) {
            closing = true;
        } else if (writer.body().ended()) {
            nextRequest();
        } else {
            discarding = true;
            client.expectClient(Limits.FIRST_REQUEST_SECONDS);
            client.channel().read();
        }
    }

    private void nextRequest() {
        current = null;
        discarding = false;
        if (pending.isEmpty()) {
            client.expectClient(Limits.IDLE_SECONDS);
            client.channel().read();
        } else if (client.channel().isWritable()) {
            handlePending();
        }
    }

    private void handlePending() {
        ChannelHandlerContext context = client.channel().pipeline().context(this);
        do {
            handle(context, pending.remove());
        } while (!pending.isEmpty() && !(pending.peek() instanceof HttpRequest && current != null) && !closing);
        channelReadComplete(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current == null && !pending.isEmpty() && context.channel().isWritable()) {
            handlePending();
        }
    }

    private void refuse(ChannelHandlerContext context, @Nullable Throwable cause) {
        closing = true;
        HttpResponseStatus status = switch (cause) {
            case TooLongHttpLineException line -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException header -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            case null, default -> HttpResponseStatus.BAD_REQUEST;
        };
        Http1ResponseWriter writer = current;
        if (writer != null) {
            writer.close();
            context.close();
            return;
        }
        byte[] body = StatusAnswer.json(status.code(), "BadRequest", status.reasonPhrase());
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                Unpooled.wrappedBuffer(body));
        answer.headers().set("content-type", "application/json").set("content-length", body.length)
                .set("connection", "close");
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        releasePending();
        Http1ResponseWriter writer = current;
        if (writer != null) {
            writer.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        releasePending();
    }

    private void releasePending() {
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void flush() {
        client.channel().flush();
    }

    @Override
    public void abandon(Endpoint endpoint) {
        Http1ResponseWriter writer = current;
        if (writer != null) {
            writer.abandon(endpoint);
        }
    }

    /// Makes the current response the last one; an idle connection closes one second later.
    @Override
    public void drain() {
        draining = true;
        Http1ResponseWriter writer = current;
        if (writer != null) {
            writer.last();
        } else {
            client.channel().eventLoop().schedule(this::closeIdle, Limits.GO_AWAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void closeIdle() {
        if (current == null) {
            closing = true;
            client.channel().close();
        }
    }
}
