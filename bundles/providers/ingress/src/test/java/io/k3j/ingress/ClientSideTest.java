package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.Endpoints;
import io.k3j.ingressrouting.EntryPoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What real sockets do not do just when a test wants it.
class ClientSideTest {
    private final IngressMetrics metrics = new IngressMetrics();
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private final AtomicLong now = new AtomicLong(1);
    private Endpoints endpoints = Endpoints.NONE;
    private final Proxy proxy = new Proxy("server-1", b -> endpoints, metrics, new AccessLog());
    private Socket socket;
    private ProxyLoop loop;

    /// A socket that takes nothing, until it does, and cannot be reset.
    private static final class Socket extends EmbeddedChannel {
        private final ChannelConfig gone = new DefaultChannelConfig(this) {
            @Override
            public <T> boolean setOption(ChannelOption<T> option, T value) {
                if (option == ChannelOption.SO_LINGER) {
                    throw new ChannelException("the descriptor is closed");
                }
                return super.setOption(option, value);
            }
        };
        private boolean takes;

        @Override
        public ChannelConfig config() {
            ChannelConfig own = gone;
            return own == null ? super.config() : own;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer waiting) throws Exception {
            if (takes) {
                super.doWrite(waiting);
            }
        }
    }

    @BeforeEach
    void begin() {
        socket = new Socket();
        loop = new ProxyLoop(socket.eventLoop(), new UpstreamConnector(NioSocketChannel.class,
                new IngressTls(new Certificates(InstantSource.system()), Runnable::run)),
                now::get);
        proxy.use(Rig.tables());
        ClientLink link = new ClientLink(socket, EntryPoint.WEB, loop);
        loop.watch(link);
        socket.pipeline().addLast(new HttpServerCodec(), new ClientSide(proxy, link, false));
    }

    @AfterEach
    void end() {
        socket.finishAndReleaseAll();
    }

    private static void send(EmbeddedChannel to, String text) {
        to.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private boolean openAfter(long seconds) {
        loop.look(now.get() + TimeUnit.SECONDS.toNanos(seconds));
        socket.runPendingTasks();
        return socket.isOpen();
    }

    @Test
    void aLastAnswerHasToBeTakenInTime() {
        send(socket, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        assertThat(openAfter(IngressLimits.STALLED_SECONDS - 5)).isTrue();
        assertThat(openAfter(IngressLimits.STALLED_SECONDS + 5)).isFalse();
    }

    @Test
    void whoStillSendsHasTimeToTakeTheAnswerFirst() {
        send(socket, "POST / HTTP/1.1\r\nHost: none.test\r\nContent-Length: 10\r\n\r\nabc");
        assertThat(openAfter(IngressLimits.DISCARD_SECONDS + 5)).isTrue();
        socket.takes = true;
        socket.flush();
        assertThat(openAfter(0)).isTrue();
        assertThat(openAfter(IngressLimits.DISCARD_SECONDS + 5)).isFalse();
    }

    @Test
    void aLoopThatIsLateEndsNobodyEarly() {
        socket.takes = true;
        now.addAndGet(TimeUnit.SECONDS.toNanos(30));
        send(socket, "POST / HTTP/1.1\r\nHost: none.test\r\nContent-Length: 10\r\n\r\nabc");
        assertThat(openAfter(IngressLimits.DISCARD_SECONDS - 1)).isTrue();
        assertThat(openAfter(IngressLimits.DISCARD_SECONDS + 1)).isFalse();
    }

    @Test
    void aSwapEndsConnectionsWithAnswersOfTheProxyToo() {
        socket.takes = true;
        proxy.drain();
        send(socket, "GET / HTTP/1.1\r\nHost: none.test\r\n\r\n");
        ByteBuf answer = socket.readOutbound();
        assertThat(answer.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 404")
                .containsIgnoringCase("connection: close");
        answer.release();
        assertThat(openAfter(0)).isFalse();
    }

    @Test
    void oneThatFailsToEndStopsNoOther() {
        for (int i = 0; i < 100; i++) {
            String why = "as the test wants it " + i;
            loop.watch(when -> {
                throw new IllegalStateException(why);
            });
        }
        send(socket, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        assertThat(openAfter(IngressLimits.STALLED_SECONDS + 5)).isFalse();
    }

    @Test
    void aRequestEndsAlsoWhenItsClientCannotBeReset() {
        endpoints = Endpoints.of(Endpoints.Scheme.HTTP, List.of(address));
        EmbeddedChannel endpoint = new EmbeddedChannel();
        UpstreamSide side = new UpstreamSide(endpoint, new UpstreamKey(address, null), loop.upstreams());
        endpoint.pipeline().addLast(new UpstreamCodec(side), side);
        loop.upstreams().keep(side);
        send(socket, "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
        send(endpoint, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        endpoint.close();
        assertThat(openAfter(0)).isFalse();
        assertThat(metrics.text()).contains("code=\"200\",entrypoint=\"web\",method=\"GET\",protocol=\"http\"} 1");
        endpoint.finishAndReleaseAll();
    }
}
