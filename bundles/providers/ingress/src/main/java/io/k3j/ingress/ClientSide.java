package io.k3j.ingress;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// The client's side of exchanges: a connection of HTTP/1.1, whose requests come one after the other, or one stream of
/// HTTP/2. What is read waits in order until it is wanted. All on the event loop.
final class ClientSide extends ChannelInboundHandlerAdapter {
    private final Proxy proxy;
    private final ClientLink link;
    private final boolean http2;
    private final PartQueue parts = new PartQueue(this::handle);
    private final HeldHead head = new HeldHead();
    private final ClientEnd end;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ProxiedRequest current;
    private boolean discarding;
    private int discarded;
    /// Whether the next request waits until the client has taken enough of the answers before it.
    private boolean held;
    /// Whether the end of the connection is the end of the answer.
    private boolean untilClose;
    /// Whether the client has been told that no other request may follow; whoever was not told may send one.
    private boolean closing;

    /// @param http2 whether this is a stream of HTTP/2
    ClientSide(Proxy proxy, ClientLink link, boolean http2) {
        this.proxy = proxy;
        this.link = link;
        this.end = new ClientEnd(link, http2);
        this.http2 = http2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        parts.attach(added);
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        parts.attach(active);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    /// Asks for the next part of the request.
    void read() {
        parts.want();
        parts.handOn();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        parts.add(from, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext complete) {
        parts.readDone();
    }

    private void handle(Object message) {
        if (message instanceof LastHttpContent) {
            end.requestEnded();
        }
        if (message instanceof HttpRequest request && !discarding) {
            ProxiedRequest next = proxy.accept(this, link, request, http2);
            current = next;
            parts.ahead(next != null && next.facts().alone());
            if (next != null) {
                link.relax();
                next.begin();
            }
        }
        if (message instanceof FullHttpRequest whole) {
            // a stream without a body: its head must not be passed on twice
            part(new DefaultLastHttpContent(whole.content()));
        } else if (message instanceof HttpContent content) {
            part(content);
        } else if (current != null && !discarding) {
            // the first part of the body, or its end, goes with the head
            parts.want();
        }
    }

    private void part(HttpContent content) {
        ProxiedRequest exchange = current;
        if (content.decoderResult().isFailure()) {
            content.release();
            abort();
        } else if (exchange != null && !discarding) {
            exchange.body(content);
        } else {
            discarded += content.content().readableBytes();
            content.release();
            boolean over = content instanceof LastHttpContent || discarded > IngressLimits.DISCARDED_BYTES;
            if (discarding && over) {
                end();
            } else {
                // of a request that was declined
                parts.want();
            }
        }
    }

    /// Tells a client that waits for it to send its body.
    void sendContinue(ProxiedRequest exchange) {
        if (exchange.facts().expectsContinue() && !exchange.facts().http10()) {
            context().writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    /// Takes the head of an answer; it is sent with what follows.
    void answer(HttpResponse answer, Framing framing) {
        ProxiedRequest exchange = current;
        boolean chunked = framing.chunked();
        answer.setProtocolVersion(HttpVersion.HTTP_1_1);
        if (http2 || exchange == null) {
            answer.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        } else if (exchange.facts().http10()) {
            untilClose = !framing.empty() && !framing.sized();
            chunked = false;
            answer.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        } else if (!framing.ends()) {
            chunked = true;
            HttpUtil.setTransferEncodingChunked(answer, true);
        }
        tellLast(answer, exchange);
        if (http2) {
            context().write(answer);
        } else {
            head.hold(answer, chunked);
        }
    }

    /// Says so in a head when no other request may follow on the connection.
    private void tellLast(HttpResponse answer, @Nullable ProxiedRequest exchange) {
        if (!http2 && exchange != null) {
            RequestFacts facts = exchange.facts();
            closing = facts.http10() || !facts.keepAlive() || proxy.draining()
                    || facts.hasBody() && !exchange.requestEnded();
            if (closing) {
                answer.headers().set(HttpHeaderNames.CONNECTION, "close");
            }
        }
    }

    void write(HttpContent content) {
        end.after(head.write(context(), content));
    }

    void flush() {
        head.write(context());
        context().flush();
    }

    boolean writable() {
        return context().channel().isWritable();
    }

    /// An exchange has ended, and its answer has been written if there was one.
    ///
    /// @param why it failed, empty when it did not
    void finished(ProxiedRequest exchange, String why) {
        proxy.finished(exchange, why);
        if (current != exchange || parts.closed() || exchange.status() == 101) {
            return;
        }
        current = null;
        if (!exchange.requestEnded() && exchange.facts().hasBody()) {
            discard();
        } else if (http2) {
            end.watch();
        } else if (closing) {
            end();
        } else {
            next();
        }
        parts.handOn();
    }

    /// Lets the next request come, as soon as the client takes its answers.
    private void next() {
        held = !writable();
        if (held) {
            link.expect(IngressLimits.STALLED_SECONDS);
        } else {
            link.expect(IngressLimits.IDLE_SECONDS);
            parts.want();
        }
    }

    /// Answers itself instead of an endpoint.
    void refuse(ProxiedRequest exchange, ErrorAnswer answer, String why) {
        FullHttpResponse response = answer.response(exchange.facts().headOnly());
        tellLast(response, exchange);
        end.after(context().writeAndFlush(response));
        finished(exchange, why);
    }

    /// Answers a request that is not let in; nothing else is answered on an HTTP/1.1 connection afterwards, as what
    /// follows may not be a request.
    void refuse(ErrorAnswer answer, HttpRequest request) {
        last(answer.response(request.method().equals(HttpMethod.HEAD)));
    }

    private void last(FullHttpResponse response) {
        if (!http2) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        end.after(context().writeAndFlush(response));
        discard();
    }

    /// Answers a good request that no pod is asked for; others may follow it.
    void decline(FullHttpResponse answer, RequestFacts facts) {
        if (http2 || facts.hasBody() || !facts.keepAlive() || facts.http10() || proxy.draining()) {
            last(answer);
        } else {
            end.after(context().writeAndFlush(answer));
            next();
        }
    }

    /// Reads on without using it, so that the client sees the answer before the end.
    private void discard() {
        if (http2) {
            end();
        } else {
            discarding = true;
            parts.want();
            end.discard(context());
        }
    }

    private void end() {
        parts.close();
        end.close(context());
    }

    /// Breaks the answer off.
    void abort() {
        head.forget();
        parts.close();
        end.abort(context(), untilClose);
    }

    /// Hands the connection over to what both sides have agreed on.
    void tunnel(HttpResponse answer, String upgrade, UpstreamSide upstream) {
        parts.close();
        link.relax();
        RawRelay.begin(context(), upstream.channel(), RawRelay.agreed(answer, upgrade), link.loop());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        ProxiedRequest exchange = current;
        if (exchange != null && changed.channel().isWritable()) {
            exchange.clientWritable();
        } else if (held && changed.channel().isWritable()) {
            next();
            parts.handOn();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        head.forget();
        parts.close();
        ProxiedRequest exchange = current;
        if (exchange != null) {
            exchange.clientGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        failed.close();
    }
}
