package io.k3j.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdClientTest {
    private static final Duration MOMENT = Duration.ofSeconds(1);
    /// For a question that is not answered, once there is a connection.
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration WHILE = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(60);
    private Peer peer;
    private EtcdClient client;

    /// What takes long the first time only is no part of a limit.
    @BeforeAll
    static void load() throws IOException {
        try (Peer first = new Peer(); EtcdClient any = EtcdClient.of(first.endpoints(), "first")) {
            long end = System.nanoTime() + LONG.toNanos();
            while (any.at().isEmpty() && System.nanoTime() < end) {
                assertThatThrownBy(() -> ask(any, MOMENT)).isInstanceOf(EtcdFailure.class);
                try {
                    any.moveTo(first.endpoints().all().getFirst());
                } catch (EtcdFailure notYet) {
                    assertThat(notYet).hasMessageContaining("in time");
                }
            }
            URI plain = first.endpoints().all().getFirst();
            try (EtcdClient wrong = EtcdClient.of(new EtcdEndpoints(
                    List.of(URI.create("https://" + plain.getAuthority())), Optional.empty()), "first")) {
                assertThatThrownBy(() -> ask(wrong, WHILE)).isInstanceOf(EtcdFailure.class);
            }
        }
    }

    @BeforeEach
    void connect() throws IOException {
        peer = new Peer();
        client = EtcdClient.of(peer.endpoints(), "test", Math.toIntExact(WHILE.toMillis()));
    }

    @AfterEach
    void close() {
        client.close();
        peer.close();
    }

    /// The first question on a connection is never answered.
    private static EtcdPage ask(EtcdClient client, Duration limit) {
        return new EtcdKv(client).count(EtcdRange.everything(), 0, limit);
    }

    /// Connects, which is no part of what a question takes then.
    private void connectTo(Peer there) throws InterruptedException {
        URI endpoint = there.endpoints().all().getFirst();
        Waiting.until("connection to " + endpoint, () -> {
            client.moveTo(endpoint);
            return true;
        });
    }

    /// Asks a question that is not answered; again where connecting took all of its time.
    /// @return how often it has asked, and connected at most
    private int askInVain() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        Waiting.until("question without an answer", () -> {
            asked.incrementAndGet();
            assertThatThrownBy(() -> ask(client, SHORT)).isInstanceOf(EtcdFailure.class)
                    .hasMessageContaining("did not answer");
            return true;
        });
        return asked.get();
    }

    @Test
    void leavesAConnectionOnWhichNothingIsAnswered() throws InterruptedException {
        int asked = askInVain() + askInVain();
        assertThat(peer.connections()).isBetween(2, asked);
    }

    @Test
    void leavesALearnerForAnotherMember() throws Exception {
        try (Peer voter = new Peer()) {
            peer.learner = true;
            client.follow(List.of(peer.endpoints().all().getFirst(), voter.endpoints().all().getFirst()));
            connectTo(peer);
            assertThatThrownBy(() -> ask(client, LONG)).hasMessageContaining("learner");
            assertThat(voter.connections()).isZero();
            int asked = askInVain();
            assertThat(voter.connections()).isBetween(1, asked);
        }
    }

    /// Whose time is over cannot wait until the other one's attempt has ended, but whoever comes next knows.
    @Test
    void leavesASilentMemberForTheNextWhileSomebodyElseConnects() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); Peer next = new Peer()) {
            client.follow(List.of(peer.endpoints().all().getFirst(), next.endpoints().all().getFirst()));
            connectTo(peer);
            CompletableFuture<EtcdPage> late = CompletableFuture.supplyAsync(() -> ask(client, SHORT));
            assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
            CompletableFuture<Void> busy = CompletableFuture.runAsync(() -> {
                while (!late.isDone()) {
                    assertThatThrownBy(() -> client.moveTo(URI.create("http://127.0.0.1:" + silent.getLocalPort())))
                            .isInstanceOf(EtcdFailure.class);
                }
            });
            assertThat(late).failsWithin(LONG);
            assertThat(busy).succeedsWithin(LONG);
            assertThatThrownBy(() -> ask(client, WHILE)).hasMessageContaining("did not answer");
            assertThat(peer.connections()).isEqualTo(1);
            assertThat(next.connections()).isEqualTo(1);
        }
    }

    @Test
    void saysWhoDidNotAnswer() throws InterruptedException {
        URI silent = peer.endpoints().all().getFirst();
        connectTo(peer);
        assertThatThrownBy(() -> ask(client, SHORT))
                .hasMessage("etcd at " + silent.getAuthority() + " did not answer in time");
    }

    /// A member cancels a call at its deadline, and may be heard before the client looks at its own clock.
    @Test
    void takesACallThatIsCancelledAtItsDeadlineForOneThatWasNotAnsweredInTime() {
        long now = System.nanoTime();
        assertThat(EtcdClient.late(Status.Code.CANCELLED, now)).isTrue();
        assertThat(EtcdClient.late(Status.Code.CANCELLED, now + LONG.toNanos())).as("interrupted").isFalse();
        assertThat(EtcdClient.late(Status.Code.UNAVAILABLE, now)).isFalse();
    }

    @Test
    void keepsAConnectionOnWhichOtherCallsAreAnswered() throws Exception {
        connectTo(peer);
        CompletableFuture<EtcdPage> slow = CompletableFuture
                .supplyAsync(() -> ask(client, WHILE));
        assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        ask(client, LONG);
        assertThat(slow).failsWithin(LONG);
        client.moveOn(System.nanoTime() - LONG.toNanos());
        ask(client, LONG);
        assertThat(peer.connections()).isEqualTo(1);
    }

    @Test
    void goesToWhereItIsToldOnceItsConnectionHasEnded() throws Exception {
        try (Peer other = new Peer()) {
            int here = askInVain();
            client.follow(other.endpoints().all());
            int there = askInVain();
            assertThat(peer.connections()).isBetween(1, here);
            assertThat(other.connections()).isBetween(1, there);
        }
    }

    @Test
    void movesToAnotherEndpointAndLeavesWhatIsUnderWayItsTime() throws Exception {
        try (Peer other = new Peer()) {
            URI here = peer.endpoints().all().getFirst();
            URI there = other.endpoints().all().getFirst();
            client.follow(List.of(here, there));
            CompletableFuture<EtcdPage> slow = CompletableFuture
                    .supplyAsync(() -> ask(client, LONG));
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
            assertThatThrownBy(() -> ask(lost, MOMENT))
                    .isInstanceOf(EtcdFailure.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 2 : 30));
        }
    }

    @Test
    void staysWhereItIsWhenItCannotMove() throws Exception {
        URI gone;
        try (Peer other = new Peer()) {
            gone = other.endpoints().all().getFirst();
        }
        CompletableFuture<EtcdPage> slow = CompletableFuture
                .supplyAsync(() -> ask(client, LONG));
        assertThat(peer.calls.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        assertThatThrownBy(() -> client.moveTo(gone)).isInstanceOf(EtcdFailure.class);
        assertThat(client.at()).contains(peer.endpoints().all().getFirst());
        assertThat(slow).isNotDone();
    }

    @Test
    void connectsToOneEndpointAtATimeWhateverTheConnectionIsFor() {
        AtomicInteger inside = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch together = new CountDownLatch(1);
        EtcdTls.Source slow = () -> {
            entered.countDown();
            if (inside.incrementAndGet() > 1) {
                together.countDown();
            }
            awaited(together, MOMENT);
            inside.decrementAndGet();
            throw new IOException("planted");
        };
        try (EtcdClient busy = EtcdClient.of(
                new EtcdEndpoints(List.of(URI.create("https://127.0.0.1:1")), Optional.of(slow)), "busy")) {
            CompletableFuture<EtcdPage> shared = CompletableFuture.supplyAsync(() -> ask(busy, WHILE));
            assertThat(awaited(entered, LONG)).isTrue();
            assertThatThrownBy(() -> busy.alone(line -> {
            })).isInstanceOf(EtcdFailure.class).hasMessageContaining("planted");
            assertThat(shared).failsWithin(LONG);
        }
        assertThat(awaited(together, Duration.ZERO)).isFalse();
    }

    private static boolean awaited(CountDownLatch latch, Duration atMost) {
        try {
            return latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void leavesNoThreadBehind() throws IOException, InterruptedException {
        assertThat(threads()).isEmpty();
        EtcdClient other = EtcdClient.of(peer.endpoints(), "ending");
        Thread only;
        try (other) {
            assertThatThrownBy(() -> ask(other, SHORT)).isInstanceOf(EtcdFailure.class);
            assertThat(threads()).hasSize(1);
            only = threads().getFirst();
        }
        // it is told to be at its end by its last words, which are not its last steps
        assertThat(only.join(LONG)).isTrue();
        assertThat(threads()).isEmpty();
        assertThatThrownBy(() -> ask(other, LONG)).isInstanceOf(EtcdFailure.class).hasMessageContaining("closed");
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("ending"))
                .toList();
    }
}
