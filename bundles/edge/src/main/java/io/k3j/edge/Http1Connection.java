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

/// HTTP/1.1 on one connection: one request at a time, the following ones held back until it is answered.
///
/// Reads only when something is wanted: the next head, more of a body that has room, and, while an
/// answer is being made, once more, which is how the end of the connection is noticed.
final class Http1Connection extends ChannelInboundHandlerAdapter implements Protocol {
    private final Link link;
    private final Dispatch dispatch;
    private final DateHeader date;
    private final ArrayDeque<HttpObject> held = new ArrayDeque<>();
    private @Nullable Http1Wire current;
    private @Nullable HttpExchange starting;
    private boolean discarding;
    private boolean closing;
    private boolean draining;

    Http1Connection(Link link, Dispatch dispatch, DateHeader date) {
        this.link = link;
        this.dispatch = dispatch;
        this.date = date;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (!held.isEmpty() || message instanceof HttpRequest && current != null) {
            held.add((HttpObject) message);
        } else {
            take(context, (HttpObject) message);
        }
    }

    private void take(ChannelHandlerContext context, HttpObject message) {
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
        link.serve();
        Http1Wire wire = new Http1Wire(this, context, link.outbox(), date, Http1Heads.answering(request));
        HttpExchange exchange = new HttpExchange(head, wire.body(), wire, link, dispatch);
        wire.exchange(exchange);
        if (draining) {
            wire.last();
        }
        current = wire;
        starting = exchange;
    }

    private void receive(HttpContent content) {
        Http1Wire wire = current;
        if (wire != null) {
            if (!discarding) {
                wire.body().feed(ByteBufUtil.getBytes(content.content()));
            }
            if (content instanceof LastHttpContent) {
                wire.body().end();
            }
        }
        content.release();
        if (discarding && content instanceof LastHttpContent) {
            next();
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
        Http1Wire wire = current;
        return !closing && held.isEmpty() && (wire == null || discarding || !wire.body().full());
    }

    /// The body's reader has made room.
    void resume(ChannelHandlerContext context, Http1Wire wire) {
        if (wire == current && mayRead()) {
            context.read();
        }
    }

    /// The answer has been written; `keepAlive` says whether another may follow.
    void answered(Http1Wire wire, boolean keepAlive) {
        if (wire != current) {
            return;
        }
        if (!keepAlive) {
            closing = true;
        } else if (wire.body().ended()) {
            next();
        } else {
            discarding = true;
            link.await(Limits.FIRST_REQUEST_SECONDS);
            link.channel().read();
        }
    }

    private void next() {
        current = null;
        discarding = false;
        if (held.isEmpty()) {
            link.await(Limits.IDLE_SECONDS);
            link.channel().read();
        } else if (link.channel().isWritable()) {
            takeHeld();
        }
    }

    private void takeHeld() {
        ChannelHandlerContext context = link.channel().pipeline().context(this);
        do {
            take(context, held.remove());
        } while (!held.isEmpty() && !(held.peek() instanceof HttpRequest && current != null) && !closing);
        channelReadComplete(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current == null && !held.isEmpty() && context.channel().isWritable()) {
            takeHeld();
        }
    }

    private void refuse(ChannelHandlerContext context, @Nullable Throwable cause) {
        closing = true;
        HttpResponseStatus status = switch (cause) {
            case TooLongHttpLineException line -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException header -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            case null, default -> HttpResponseStatus.BAD_REQUEST;
        };
        Http1Wire wire = current;
        if (wire != null) {
            wire.close();
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
        releaseHeld();
        Http1Wire wire = current;
        if (wire != null) {
            wire.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        releaseHeld();
    }

    private void releaseHeld() {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void flush() {
        link.channel().flush();
    }

    @Override
    public void abandon(Endpoint endpoint) {
        Http1Wire wire = current;
        if (wire != null) {
            wire.abandon(endpoint);
        }
    }

    /// The next answer is the last one; a connection that asks for none closes a second later.
    @Override
    public void drain() {
        draining = true;
        Http1Wire wire = current;
        if (wire != null) {
            wire.last();
        } else {
            link.channel().eventLoop().schedule(this::closeIdle, Limits.FAREWELL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void closeIdle() {
        if (current == null) {
            closing = true;
            link.channel().close();
        }
    }
}
