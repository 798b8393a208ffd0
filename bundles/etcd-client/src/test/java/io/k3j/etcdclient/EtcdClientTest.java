package io.k3j.etcdclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdClientTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration WHILE = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(60);
    private Peer peer;
    private EtcdClient client;

    @BeforeEach
    void connect() throws IOException {
        peer = new Peer();
        client = EtcdClient.of(peer.endpoints(), "test");
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        peer.close();
    }

    @Test
    void leavesAConnectionOnWhichNothingIsAnswered() {
        assertThatThrownBy(() -> client.call("/etcd/Silent", new byte[0], SHORT)).isInstanceOf(EtcdFailure.class);
        assertThatThrownBy(() -> client.call("/etcd/Silent", new byte[0], SHORT)).isInstanceOf(EtcdFailure.class);
        assertThat(peer.connections()).isEqualTo(2);
    }

    @Test
    void saysWhoDidNotAnswer() {
        URI silent = peer.endpoints().all().getFirst();
        assertThatThrownBy(() -> client.call("/etcd/Silent", new byte[0], SHORT))
                .hasMessage("etcd at " + silent.getAuthority() + " did not answer in time");
    }

    @Test
    void keepsAConnectionOnWhichOtherCallsAreAnswered() throws Exception {
        CompletableFuture<byte[]> slow = CompletableFuture
                .supplyAsync(() -> client.call("/etcd/Slow", new byte[0], WHILE));
        assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        client.call("/etcd/Quick", new byte[0], LONG);
        assertThat(slow).failsWithin(LONG);
        client.moveOn(System.nanoTime() - LONG.toNanos());
        client.call("/etcd/Quick", new byte[0], LONG);
        assertThat(peer.connections()).isEqualTo(1);
    }

    @Test
    void goesToWhereItIsToldOnceItsConnectionHasEnded() throws IOException {
        try (Peer other = new Peer()) {
            assertThatThrownBy(() -> client.call("/etcd/Silent", new byte[0], SHORT)).isInstanceOf(EtcdFailure.class);
            client.follow(other.endpoints().all());
            assertThatThrownBy(() -> client.call("/etcd/Silent", new byte[0], SHORT)).isInstanceOf(EtcdFailure.class);
            assertThat(peer.connections()).isEqualTo(1);
            assertThat(other.connections()).isEqualTo(1);
        }
    }

    @Test
    void movesToAnotherEndpointAndLeavesWhatIsUnderWayItsTime() throws Exception {
        try (Peer other = new Peer()) {
            URI here = peer.endpoints().all().getFirst();
            URI there = other.endpoints().all().getFirst();
            client.follow(List.of(here, there));
            CompletableFuture<byte[]> slow = CompletableFuture
                    .supplyAsync(() -> client.call("/etcd/Slow", new byte[0], LONG));
            assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(client.at()).contains(here);
            client.moveTo(there);
            assertThat(client.at()).contains(there);
            assertThat(client.moves()).isEqualTo(1);
            assertThat(slow).isNotDone();
            client.follow(List.of(here));
            client.leaveStrangers();
            assertThat(client.at()).isEmpty();
            client.close();
            assertThat(slow).failsWithin(LONG);
        }
    }

    @Test
    void takesNoLongerThanItMayWhenNobodySaysAnything() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket three = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EtcdClient lost = EtcdClient.of(new EtcdEndpoints(Stream.of(one, two, three)
                        .map(s -> URI.create("https://127.0.0.1:" + s.getLocalPort())).toList(), Optional.empty()),
                        "test")) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> lost.call("/etcd/Quick", new byte[0], Duration.ofSeconds(1)))
                    .isInstanceOf(EtcdFailure.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void staysWhereItIsWhenItCannotMove() throws Exception {
        URI gone;
        try (Peer other = new Peer()) {
            gone = other.endpoints().all().getFirst();
        }
        CompletableFuture<byte[]> slow = CompletableFuture
                .supplyAsync(() -> client.call("/etcd/Slow", new byte[0], LONG));
        assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        assertThatThrownBy(() -> client.moveTo(gone)).isInstanceOf(EtcdFailure.class);
        assertThat(client.at()).contains(peer.endpoints().all().getFirst());
        assertThat(slow).isNotDone();
    }
}
