package io.k3j.ingress;

import io.k3j.ingressresources.BackendTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to endpoints that speak HTTP/2: each request is a stream of one that has room. On
/// the loop.
final class Http2Upstreams {
    private final EventLoop loop;
    private final UpstreamConnector connector;
    private final Map<UpstreamKey, List<Connection>> connections = new HashMap<>();
    /// Those that wait for a connection which is being made for the first of them.
    private final Map<UpstreamKey, List<Waiting>> waiting = new HashMap<>();

    /// A request without a connection yet.
    private record Waiting(Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
    }

    Http2Upstreams(EventLoop loop, UpstreamConnector connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /// Opens a stream of a connection that is there already.
    ///
    /// @param made hears of it
    /// @param failed hears why there is none
    /// @return whether there is such a connection; if not, neither hears of it
    boolean join(UpstreamKey key, Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
        for (Connection connection : connections.getOrDefault(key, List.of())) {
            if (connection.hasRoom()) {
                connection.open(made, failed);
                return true;
            }
        }
        return false;
    }

    /// Makes a connection without TLS, to an endpoint that is known to speak HTTP/2, and opens a stream of it. While
    /// one is being made others wait for it.
    ///
    /// @param made hears of it
    /// @param failed hears why there is none
    void connect(UpstreamKey key, Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
        if (waits(key, new Waiting(made, failed))) {
            return;
        }
        Connection connection = new Connection(key);
        connector.connect(loop, key.address(), channel -> speak(channel, connection)).addListener(done -> {
            if (done.isSuccess()) {
                share(connection, w -> connect(key, w.made(), w.failed()));
            } else {
                forget(connection);
                waited(key).forEach(w -> w.failed().accept(done.cause()));
            }
        });
    }

    /// Makes a connection over TLS, and opens a stream of it where the endpoint chooses HTTP/2. While one is being made
    /// others wait for it: a handshake costs more than a request.
    ///
    /// @param others where connections go otherwise, one for each request
    /// @param made hears of the stream, or of the whole connection
    /// @param failed hears why there is none
    void agree(UpstreamKey key, UpstreamPool others, Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
        if (waits(key, new Waiting(made, failed))) {
            return;
        }
        BackendTls tls = Objects.requireNonNull(key.tls());
        Connection connection = new Connection(key);
        connector.secure(loop, key.address(), tls.engine(key.address(), UpstreamConnector.HTTP_2,
                UpstreamConnector.HTTP_1), (channel, protocol) -> {
                    if (protocol.equals(UpstreamConnector.HTTP_2)) {
                        speak(channel, connection);
                    } else {
                        UpstreamConnector.http1(channel, key, others);
                    }
                }).addListener((Future<Channel> done) -> {
                    UpstreamSide whole = done.isSuccess() ? done.getNow().pipeline().get(UpstreamSide.class) : null;
                    if (!done.isSuccess()) {
                        waited(key).forEach(w -> w.failed().accept(done.cause()));
                    } else if (whole == null) {
                        share(connection, w -> agree(key, others, w.made(), w.failed()));
                    } else {
                        List<Waiting> all = waited(key);
                        all.getFirst().made().accept(whole);
                        all.stream().skip(1).forEach(w -> others.connect(key, w.made(), w.failed()));
                    }
                });
    }

    /// Joins those that wait for a connection that is being made.
    /// @return whether there is one; if not, the caller makes it
    private boolean waits(UpstreamKey key, Waiting one) {
        List<Waiting> all = waiting.computeIfAbsent(key, _ -> new ArrayList<>());
        all.add(one);
        return all.size() > 1;
    }

    private List<Waiting> waited(UpstreamKey key) {
        return Objects.requireNonNullElse(waiting.remove(key), List.of());
    }

    /// Opens a stream for each that waits, the first one in any case.
    /// @param again for those that find no room
    private void share(Connection connection, Consumer<Waiting> again) {
        boolean first = true;
        for (Waiting w : waited(connection.key)) {
            if (first || connection.hasRoom()) {
                connection.open(w.made(), w.failed());
            } else {
                again.accept(w);
            }
            first = false;
        }
    }

    private void speak(Channel channel, Connection connection) {
        connections.computeIfAbsent(connection.key, a -> new ArrayList<>()).add(connection);
        channel.pipeline().addLast(
                Http2FrameCodecBuilder.forClient()
                        .initialSettings(Http2Settings.defaultSettings().pushEnabled(false)
                                .initialWindowSize(IngressLimits.UPSTREAM_STREAM_WINDOW)
                                .maxHeaderListSize(IngressLimits.HEADER_BYTES))
                        .build(),
                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), connection);
    }

    private void forget(Connection connection) {
        List<Connection> some = connections.get(connection.key);
        if (some != null && some.remove(connection) && some.isEmpty()) {
            connections.remove(connection.key);
        }
    }

    /// Closes those that were without a stream for too long.
    void check(long now) {
        List<Connection> all = new ArrayList<>();
        connections.values().forEach(all::addAll);
        all.forEach(c -> c.check(now));
    }

    /// One connection; the last handler of its pipeline.
    private final class Connection extends ChannelInboundHandlerAdapter {
        private final UpstreamKey key;
        private @Nullable Channel channel;
        private int streams;
        private long most = IngressLimits.UPSTREAM_STREAMS;
        private boolean leaving;
        private long idleSince = System.nanoTime();

        Connection(UpstreamKey key) {
            this.key = key;
        }

        boolean hasRoom() {
            return channel != null && channel.isActive() && !leaving && streams < most;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
            channel.config().setAutoRead(true);
            if (channel.isActive()) {
                widen(context);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            widen(context);
            context.fireChannelActive();
        }

        /// Gives each stream a window of its own: what the client of one does not read holds no other one back.
        private void widen(ChannelHandlerContext context) {
            context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(
                    IngressLimits.UPSTREAM_STREAMS * IngressLimits.UPSTREAM_STREAM_WINDOW));
        }

        void open(Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
            if (channel == null || !channel.isActive()) {
                failed.accept(new IllegalStateException("the endpoint closed the connection"));
                return;
            }
            streams++;
            new Http2StreamChannelBootstrap(channel).handler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel stream) {
                    stream.config().setAutoRead(false);
                    stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(false),
                            new UpstreamSide(stream, key, null));
                }
            }).open().addListener((Future<Http2StreamChannel> opened) -> {
                if (opened.isSuccess()) {
                    opened.getNow().closeFuture().addListener(closed -> ended());
                    made.accept(opened.getNow().pipeline().get(UpstreamSide.class));
                } else {
                    leaving = true;
                    ended();
                    failed.accept(opened.cause());
                }
            });
        }

        private void ended() {
            streams--;
            idleSince = System.nanoTime();
            if (leaving && streams == 0 && channel != null) {
                channel.close();
            }
        }

        void check(long now) {
            boolean old = now - idleSince > TimeUnit.SECONDS.toNanos(IngressLimits.IDLE_UPSTREAM_SECONDS);
            if (streams == 0 && old && channel != null) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            leaving |= message instanceof Http2GoAwayFrame;
            if (message instanceof Http2SettingsFrame told && told.settings().maxConcurrentStreams() != null) {
                most = Math.min(IngressLimits.UPSTREAM_STREAMS, told.settings().maxConcurrentStreams());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            leaving = true;
            forget(this);
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            leaving = true;
            context.close();
        }
    }
}
