package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final String STEP = "step";
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ClientConnection client = new ClientConnection(channel, new InetSocketAddress("127.0.0.1", 1),
            Patience.defaults(), InstantSource.system());
    private final List<Runnable> queue = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private Executor steps;

    @BeforeEach
    void begin() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        steps = new Handshake(null, engine, client).steps(queue::add);
        client.expectClient(Limits.HANDSHAKE_SECONDS);
    }

    @Test
    void whatTheServerOwesCostsTheClientNoTime() {
        steps.execute(() -> done.add(STEP));
        client.check(late());
        assertThat(channel.isOpen()).isTrue();
        runNext();
        assertThat(done).containsExactly(STEP);
        client.check(System.nanoTime());
        assertThat(channel.isOpen()).isTrue();
        client.check(late());
        assertThat(channel.isOpen()).as("the client owes the next step").isFalse();
    }

    @Test
    void theNextStepIsOwedAtOnce() {
        steps.execute(() -> steps.execute(() -> done.add(STEP)));
        runNext();
        client.check(late());
        assertThat(channel.isOpen()).isTrue();
        runNext();
        client.check(late());
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatSaysNothingIsNotWaitedFor() {
        client.check(late());
        assertThat(channel.isOpen()).isFalse();
    }

    private void runNext() {
        queue.removeFirst().run();
        channel.runPendingTasks();
    }

    private static long late() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.HANDSHAKE_SECONDS + 1);
    }
}
