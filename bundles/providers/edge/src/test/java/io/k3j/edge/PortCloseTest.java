package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import io.k3j.testkitbase.Waiting;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.local.LocalChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// In which order the connections of a port are told that it closes.
class PortCloseTest {
    private final DefaultEventLoop busy = new DefaultEventLoop();
    private final DefaultEventLoop idle = new DefaultEventLoop();
    private final Loops loops = Loops.start(false);

    @AfterEach
    void stop() {
        busy.shutdownGracefully();
        idle.shutdownGracefully();
        loops.close();
    }

    /// A client with several connections begins a watch that has ended on any of them; on one that knows of no end yet
    /// it would be ended once more.
    @Test
    void noStreamIsAskedToEndBeforeAllConnectionsAreDrained() throws Exception {
        Port port = port();
        ClientConnection slow = connection(port, busy);
        ClientConnection fast = connection(port, idle);
        CompletableFuture<Boolean> early = new CompletableFuture<>();
        CountDownLatch free = new CountDownLatch(1);
        fast.setProtocol(draining(() -> {
            early.complete(fast.leaving());
            free.countDown();
        }));
        CompletableFuture<Boolean> late = new CompletableFuture<>();
        slow.setProtocol(draining(() -> late.complete(fast.leaving())));
        busy.execute(() -> hold(free));
        Thread closing = Thread.startVirtualThread(port::close);
        assertThat(early.join()).as("while its own client is told").isFalse();
        assertThat(late.join()).as("while the other one is told").isFalse();
        Waiting.until("streams are asked to end", () -> fast.leaving() && slow.leaving());
        fast.channel().close();
        slow.channel().close();
        closing.join();
    }

    private Port port() throws IOException {
        Port.Shared shared = new Port.Shared(loops, new DateHeader(InstantSource.system()), Runnable::run,
                Patience.defaults(), InstantSource.system(), Limits.LEAST_CONNECTIONS);
        return new Port(shared, ServerSocketChannel.open(), new Routes(), TlsRules.of("test"),
                Limits.LEAST_CONNECTIONS);
    }

    private static ClientConnection connection(Port port, DefaultEventLoop loop) {
        LocalChannel channel = new LocalChannel();
        loop.register(channel).syncUninterruptibly();
        ClientConnection client = new ClientConnection(channel,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), Patience.defaults(),
                InstantSource.system());
        port.connections().handshakeStarted(client);
        return client;
    }

    private static Protocol draining(Runnable drain) {
        return new Protocol() {
            @Override
            public void flush() {
                // nothing is written
            }

            @Override
            public void drain() {
                drain.run();
            }

            @Override
            public void abandon(Endpoint endpoint) {
                // there is none
            }
        };
    }

    private static void hold(CountDownLatch free) {
        try {
            free.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
