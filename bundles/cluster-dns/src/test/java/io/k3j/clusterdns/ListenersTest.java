package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveViews;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the threads of the sockets meet that nobody expected.
@Timeout(60)
class ListenersTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int ANSWER_MILLIS = 200;
    private static final int MOST_ASKED = 150;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private Listeners listeners;

    @BeforeEach
    void listen() throws IOException {
        Responder responder = new Responder(new Zone("cluster.local", new Picture(new LiveViews(Instant::now))),
                new Forwarder(List::of, new Random(1), Instant::now));
        listeners = new Listeners(new InetSocketAddress(HERE, 0), responder, client -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("nobody expected this");
            }
            return true;
        }, Instant::now, new Told());
    }

    @AfterEach
    void close() {
        listeners.close();
    }

    @Test
    void questionsAreAnsweredAgainAndTheFailureIsTold() throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(ANSWER_MILLIS);
            boolean answered = false;
            for (int asked = 0; asked < MOST_ASKED && !answered; asked++) {
                answered = answered(client);
            }
            assertThat(answered).isTrue();
        }
        assertThat(told).containsExactly("dns-udp-127.0.0.1 STOPPED java.lang.IllegalStateException");
    }

    private boolean answered(DatagramSocket client) throws IOException {
        byte[] question = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
        client.send(new DatagramPacket(question, question.length, HERE, listeners.port()));
        try {
            client.receive(new DatagramPacket(new byte[512], 512));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void connectionsAreTakenAgainAndTheFailureIsTold() throws IOException {
        try (Socket first = new Socket(HERE, listeners.port())) {
            assertThat(first.getInputStream().read()).as("the one that met the failure").isEqualTo(-1);
        }
        try (Socket second = new Socket(HERE, listeners.port())) {
            second.getOutputStream().write(new byte[] {0, 19, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0,
                    1});
            assertThat(second.getInputStream().read()).isNotNegative();
        }
        assertThat(told).containsExactly("dns-tcp-127.0.0.1 STOPPED java.lang.IllegalStateException");
    }

    private final class Told implements Health {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    told.add(component + " " + level + " " + message.replaceAll("ended by ([^,]*),.*", "$1"));
                }

                @Override
                public void close() {
                    // what was told stays
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    }
}
