package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Connections of one client: HTTP/2, a client certificate, TLS by BoringSSL where there is one for this machine: the
/// client shares the server's cores, and should cost no more than a client in Go or C does.
final class Links implements AutoCloseable {
    private static final long LIMIT_SECONDS = 300;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<Link> links = new ArrayList<>();

    /// An answer that was read as a whole.
    record Answer(int status, String body) {
    }

    private Links() {
    }

    /// Opens `count` connections.
    static Links open(Identity identity, int port, int count) throws IOException {
        SslContext tls = SslContextBuilder.forClient()
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .keyManager(identity.key(), identity.chain())
                .trustManager(identity.authorities())
                .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, "h2"))
                .build();
        Links opened = new Links();
        try {
            List<CompletableFuture<Link>> coming = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                coming.add(opened.connect(tls, port));
            }
            for (CompletableFuture<Link> link : coming) {
                opened.links.add(awaited(link));
            }
            return opened;
        } catch (IOException refused) {
            opened.close();
            throw refused;
        }
    }

    private static <T> T awaited(CompletableFuture<T> coming) throws IOException {
        try {
            return coming.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("no connection or answer", failed);
        }
    }

    private CompletableFuture<Link> connect(SslContext tls, int port) {
        CompletableFuture<Link> ready = new CompletableFuture<>();
        new Bootstrap().group(loops).channel(EpollSocketChannel.class).option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc(), "127.0.0.1", port));
                        channel.pipeline().addLast(new Handshake(ready));
                    }
                }).connect("127.0.0.1", port).addListener(connected -> {
                    if (!connected.isSuccess()) {
                        ready.completeExceptionally(connected.cause());
                    }
                });
        return ready;
    }

    /// All connections.
    List<Link> all() {
        return links;
    }

    /// Asks on the first connection and waits for the whole answer.
    Answer ask(Call call) throws IOException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        links.getFirst().send(call, new Requests.Reply() {
            @Override
            public void data(ByteBuf in, int length) {
                byte[] some = new byte[length];
                in.readBytes(some);
                bytes.writeBytes(some);
            }

            @Override
            public void end(int status) {
                answer.complete(new Answer(status, bytes.toString(StandardCharsets.UTF_8)));
            }
        });
        return awaited(answer);
    }

    /// Asks on the first connection and reads the whole answer without keeping it.
    /// @return status and number of bytes
    long[] count(Call call) throws IOException {
        CompletableFuture<long[]> answer = new CompletableFuture<>();
        links.getFirst().send(call, new Requests.Reply() {
            private long bytes;

            @Override
            public void data(ByteBuf in, int length) {
                in.skipBytes(length);
                bytes += length;
            }

            @Override
            public void end(int status) {
                answer.complete(new long[] {status, bytes});
            }
        });
        return awaited(answer);
    }

    @Override
    public void close() {
        links.forEach(Link::close);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /// Puts the connection in place when TLS stands.
    private static final class Handshake extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Link> ready;

        Handshake(CompletableFuture<Link> ready) {
            this.ready = ready;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess()) {
                    Link link = new Link(ready, ctx);
                    ctx.pipeline().addLast(link);
                    link.begin(ctx.pipeline().context(link));
                    ctx.pipeline().remove(this);
                } else {
                    ready.completeExceptionally(handshake.cause());
                }
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ready.completeExceptionally(cause);
            ctx.close();
        }
    }
}
