package io.k3j.ingress;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The endpoint's side of an exchange: one connection of HTTP/1.1, or one stream of HTTP/2. Between two exchanges it
/// lies in the [UpstreamPool] with a read outstanding, which finds out that the endpoint has closed it.
final class UpstreamSide extends ChannelInboundHandlerAdapter {
    private static final int LEAST_STATUS = 100;
    private static final int MOST_STATUS = 999;
    private static final String NO_BODY = "the body that the answer announces does not come";
    private final Channel channel;
    private final UpstreamKey key;
    private final @Nullable UpstreamPool pool;
    private @Nullable ProxiedRequest exchange;
    private boolean informational;
    /// Whether a body is announced of which nothing has come: a stream may end all the same, as after HEAD.
    private boolean owed;
    private boolean reading;
    private long idleSince;

    /// @param pool where it lies between exchanges; null for a stream, which has one exchange only
    UpstreamSide(Channel channel, UpstreamKey key, @Nullable UpstreamPool pool) {
        this.channel = channel;
        this.key = key;
        this.pool = pool;
    }

    Channel channel() {
        return channel;
    }

    UpstreamKey key() {
        return key;
    }

    /// Whether it is a stream of HTTP/2.
    boolean stream() {
        return pool == null;
    }

    /// Asks by a request that is a head and nothing else: one message, one buffer, one flush.
    void ask(HttpRequest head) {
        channel.writeAndFlush(new DefaultFullHttpRequest(head.protocolVersion(), head.method(), head.uri(),
                Unpooled.EMPTY_BUFFER, head.headers(), EmptyHttpHeaders.INSTANCE));
    }

    InetSocketAddress address() {
        return key.address();
    }

    long idleSince() {
        return idleSince;
    }

    /// Whether an exchange is at work.
    boolean asked() {
        return exchange != null;
    }

    /// Whether that is about a head alone.
    boolean askedForHead() {
        ProxiedRequest current = exchange;
        return current != null && current.facts().headOnly();
    }

    /// Serves an exchange from now on.
    void begin(ProxiedRequest next) {
        exchange = next;
        informational = false;
    }

    /// Reads once more, unless a read is outstanding already.
    void read() {
        if (!reading) {
            reading = true;
            channel.read();
        }
    }

    /// Takes it back after an exchange.
    ///
    /// @param reusable whether another request may follow
    /// @param now of [ProxyLoop#stamp]
    void release(boolean reusable, long now) {
        exchange = null;
        if (reusable && pool != null && channel.isActive()) {
            idleSince = now;
            read();
            pool.keep(this);
        } else {
            channel.close();
        }
    }

    /// Takes its hands off: the channel belongs to a [RawRelay] now.
    void hand() {
        exchange = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ProxiedRequest current = exchange;
        if (current == null || !(message instanceof HttpObject part)) {
            // an endpoint that speaks without being asked
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            current.upstreamFailed("malformed answer: " + part.decoderResult().cause());
            return;
        }
        if (message instanceof HttpResponse head) {
            int status = head.status().code();
            informational = status < 200 && status != 101;
            owed = !informational && owes(head, current);
            boolean known = status >= LEAST_STATUS && status <= MOST_STATUS;
            if (!known || owed && head instanceof FullHttpResponse) {
                ReferenceCountUtil.release(message);
                current.upstreamFailed(known ? NO_BODY : "malformed answer: status " + status);
                return;
            }
            if (!informational) {
                current.answered(head instanceof FullHttpResponse
                        ? new DefaultHttpResponse(head.protocolVersion(), head.status(), head.headers()) : head);
            }
        }
        if (message instanceof FullHttpResponse whole) {
            // a stream without a body: its head must not be passed on twice
            content(current, new DefaultLastHttpContent(whole.content()));
        } else if (message instanceof HttpContent content) {
            content(current, content);
        }
    }

    private boolean owes(HttpResponse head, ProxiedRequest current) {
        return stream() && !Framing.empty(head, current.facts().headOnly()) && HttpUtil.getContentLength(head, 0L) > 0;
    }

    private void content(ProxiedRequest current, HttpContent content) {
        if (informational || exchange != current) {
            content.release();
            return;
        }
        owed = owed && !content.content().isReadable();
        if (owed && content instanceof LastHttpContent) {
            content.release();
            current.upstreamFailed(NO_BODY);
        } else {
            current.answer(content);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        ProxiedRequest current = exchange;
        if (current != null) {
            current.answerRead();
        } else if (channel.isActive()) {
            read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ProxiedRequest current = exchange;
        if (current != null && channel.isWritable()) {
            current.upstreamWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (pool != null) {
            pool.drop(this);
        }
        ProxiedRequest current = exchange;
        if (current != null) {
            current.upstreamFailed("the endpoint closed the connection");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ProxiedRequest current = exchange;
        if (current != null) {
            current.upstreamFailed(String.valueOf(cause.getMessage()));
        }
        context.close();
    }
}
