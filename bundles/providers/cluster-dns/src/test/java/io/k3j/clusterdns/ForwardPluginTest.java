package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageWriter;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsplugins.Ask;
import io.k3j.dnsplugins.Cache;
import io.k3j.dnsplugins.ClientShares;
import io.k3j.dnsplugins.Forward;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Upstream;
import io.k3j.dnsplugins.Upstreams;
import io.k3j.dnsplugins.Zones;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The plug-ins `forward`, `cache` and `loop` with a resolver on real sockets.
@Timeout(120)
class ForwardPluginTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private final TestServer server = TestServer.withCluster();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger askedByTcp = new AtomicInteger();
    private final List<String> spelled = new CopyOnWriteArrayList<>();
    private DatagramSocket udp;
    private ServerSocket tcp;
    /// What the resolver answers; null for nothing.
    private volatile Function<DnsQuery, DnsAnswer> answers = this::address;
    private volatile int ttl = 300;
    private volatile boolean cut;
    private volatile boolean otherId;

    @BeforeEach
    void begin() throws IOException {
        tcp = new ServerSocket(FreePort.next(), 50, HERE);
        udp = new DatagramSocket(new InetSocketAddress(HERE, tcp.getLocalPort()));
        Thread.ofVirtual().start(this::datagrams);
        Thread.ofVirtual().start(this::connections);
    }

    @AfterEach
    void end() throws IOException {
        udp.close();
        tcp.close();
    }

    private DnsAnswer address(DnsQuery q) {
        int n = asked.incrementAndGet();
        return DnsAnswer.of(List.of(ResourceRecord.address(q.name(), ttl, new byte[] {10, 0, 0, (byte) n})), List.of(),
                "");
    }

    private byte[] response(byte[] message) {
        DnsQuery q = DnsQuery.read(message);
        spelled.add(q.spelled());
        DnsAnswer answer = answers.apply(q);
        return answer == null ? new byte[0] : DnsMessageWriter.write(q, answer, 65_535);
    }

    private void datagrams() {
        try {
            while (true) {
                DatagramPacket p = new DatagramPacket(new byte[1500], 1500);
                udp.receive(p);
                byte[] response = response(Arrays.copyOf(p.getData(), p.getLength()));
                if (response.length > 0) {
                    response[2] = (byte) (response[2] | (cut ? 2 : 0));
                    if (otherId) {
                        byte[] spoofed = response.clone();
                        spoofed[0] ^= 1;
                        spoofed[spoofed.length - 1] = 66;
                        udp.send(new DatagramPacket(spoofed, spoofed.length, p.getSocketAddress()));
                    }
                    udp.send(new DatagramPacket(response, response.length, p.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            // the socket was closed at the end of the test
        }
    }

    private void connections() {
        try {
            while (true) {
                try (Socket s = tcp.accept()) {
                    DataInputStream in = new DataInputStream(s.getInputStream());
                    byte[] message = new byte[in.readUnsignedShort()];
                    in.readFully(message);
                    askedByTcp.incrementAndGet();
                    byte[] response = response(message);
                    DataOutputStream out = new DataOutputStream(s.getOutputStream());
                    out.writeShort(response.length);
                    out.write(response);
                }
            }
        } catch (IOException e) {
            // the socket was closed at the end of the test
        }
    }

    private String here() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    private void use(String... lines) {
        server.use(". {\n" + String.join("\n", lines) + "\n}\n");
    }

    private int last(DnsAnswer answer) {
        return answer.records().isEmpty() ? -answer.code() : answer.records().getFirst().data()[3];
    }

    private int ask(String name) {
        return last(server.ask(name, RecordType.A));
    }

    @Test
    void asksTheResolversOfTheNode() {
        server.resolvers = List.of((InetSocketAddress) udp.getLocalSocketAddress());
        use("forward . /etc/resolv.conf");
        assertThat(ask("a.example")).isEqualTo(1);
        server.resolvers = List.of();
        server.now = server.now.plusSeconds(11);
        assertThat(ask("a.example")).as("read again").isEqualTo(-DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void keepsTheSpellingOnItsWay() {
        use("forward . " + here());
        server.ask(TestServer.query("wWw.ExamPle", RecordType.A, 0x0100, new byte[0]), false);
        assertThat(spelled).containsExactly("wWw.ExamPle");
    }

    @Test
    void fetchesTruncatedAnswersOverTcp() {
        use("forward . " + here());
        cut = true;
        assertThat(ask("a.example")).isEqualTo(2);
        assertThat(askedByTcp).hasValue(1);
        cut = false;
        use("forward . " + here() + " {\n force_tcp\n}");
        ask("a.example");
        assertThat(askedByTcp).hasValue(2);
        use("forward . " + here() + " {\n prefer_udp\n}");
        server.ask(TestServer.query("a.example", RecordType.A, 0x0100, new byte[0]), true);
        assertThat(askedByTcp).hasValue(2);
        use("forward . " + here());
        server.ask(TestServer.query("a.example", RecordType.A, 0x0100, new byte[0]), true);
        assertThat(askedByTcp).hasValue(3);
    }

    @Test
    void takesNoAnswerToAnotherQuestion() {
        otherId = true;
        use("forward . " + here());
        assertThat(ask("a.example")).isEqualTo(1);
        answers = q -> null;
        use("forward . " + here() + " {\n read_timeout 100ms\n}");
        assertThat(ask("a.example")).isEqualTo(-DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void goesOnToTheNextResolverAndLeavesOneOutThatFails() {
        int dead = FreePort.next();
        use("forward . 127.0.0.1:" + dead + " " + here() + " {\n policy sequential\n}");
        assertThat(ask("a.example")).isEqualTo(1);
        assertThat(ask("b.example")).isEqualTo(2);
        Forward forward = server.responder.configuration().forwards().getFirst();
        List<Upstream> both = forward.upstreams().now();
        assertThat(both.getFirst().healthy(2)).isFalse();
        assertThat(both.getLast().healthy(2)).isTrue();
        forward.check();
        assertThat(both.getFirst().failedChecks()).isEqualTo(1);
    }

    @Test
    void aResolverThatAnswersChecksIsHealthyAgain() throws InterruptedException {
        answers = q -> null;
        use("forward . " + here() + " {\n read_timeout 50ms\n}");
        ask("a.example");
        ask("a.example");
        Upstream upstream = server.responder.configuration().forwards().getFirst().upstreams().now().getFirst();
        assertThat(upstream.healthy(2)).isFalse();
        answers = q -> DnsAnswer.coded(DnsAnswer.REFUSED, "", "");
        Forward forward = server.responder.configuration().forwards().getFirst();
        // a check that is answered later than its timeout counts as failed, as on a machine that is busy
        Waiting.until("a check is answered", () -> {
            forward.check();
            return upstream.healthy(2);
        });
    }

    @Test
    void honoursExceptAndMaxConcurrent() throws InterruptedException {
        use("forward . " + here() + " {\n except corp.example\n max_concurrent 1\n}");
        assertThat(ask("a.corp.example")).isEqualTo(-DnsAnswer.SERVER_FAILURE);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        answers = q -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return address(q);
        };
        Thread first = Thread.ofVirtual().start(() -> ask("a.example"));
        begun.await();
        assertThat(ask("b.example")).isEqualTo(-DnsAnswer.REFUSED);
        go.countDown();
        first.join();
    }

    @Test
    void doesNotWaitForResolversOnAThreadThatMayNot() {
        use("forward . " + here());
        byte[] query = TestServer.query("a.example", RecordType.A, 0x0100, new byte[0]);
        assertThat(server.responder.respond(query, 53, false, TestServer.client("10.42.0.1"), false)).isEmpty();
        assertThat(asked).hasValue(0);
    }

    @Test
    void oneClientCannotKeepTheOthersOut() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(4);
        answers = q -> address(q);
        Handler slow = ask -> DnsAnswer.LATER;
        Forward forward = new Forward(new Forward.Reach(new Zones(List.of("")), new Zones(List.of())),
                new Upstreams(List.of(), () -> {
                    waiting.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of();
                }, () -> server.now.plusSeconds(waiting.getCount() * 100)), Forward.Settings.PLAIN,
                new Forward.Shared(new ClientShares(8, 1), new SecureRandom()), slow);
        DnsQuery q = DnsQuery.own("a.example", RecordType.A);
        Thread one = Thread.ofVirtual().start(
                () -> forward.answer(Ask.of(q, TestServer.client("10.42.0.1"), false, true, slow)));
        while (waiting.getCount() == 4) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(forward.answer(Ask.of(q, TestServer.client("10.42.0.1"), false, true, slow)).why())
                .contains("too many forwarded");
        go.countDown();
        one.join();
    }

    @Test
    void cachesAnAnswerForItsTtlAndReducesIt() {
        use("cache 30", "forward . " + here());
        ttl = 10;
        assertThat(ask("a.example")).isEqualTo(1);
        server.now = server.now.plusSeconds(4);
        DnsAnswer aged = server.ask("a.example", RecordType.A);
        assertThat(last(aged)).isEqualTo(1);
        assertThat(aged.records().getFirst().ttl()).isEqualTo(6);
        server.now = server.now.plusSeconds(6);
        ttl = 300;
        assertThat(ask("a.example")).isEqualTo(2);
        server.now = server.now.plusSeconds(29);
        assertThat(ask("a.example")).isEqualTo(2);
        server.now = server.now.plusSeconds(1);
        ttl = 0;
        assertThat(ask("a.example")).isEqualTo(3);
        assertThat(ask("a.example")).as("nothing is kept beyond its time").isEqualTo(4);
    }

    @Test
    void oneQuestionThatIsLostIsAskedAgain() {
        AtomicInteger lost = new AtomicInteger();
        answers = q -> lost.getAndIncrement() == 0 ? null : address(q);
        use("cache 30", "forward . " + here() + " {\n read_timeout 1s\n}");
        assertThat(ask("a.example")).isPositive();
    }

    @Test
    void whatNoResolverHasSaidIsNotKept() {
        use("cache 30", "forward . " + here() + " {\n read_timeout 1s\n}");
        answers = q -> null;
        assertThat(ask("a.example")).isEqualTo(-DnsAnswer.SERVER_FAILURE);
        answers = this::address;
        assertThat(ask("a.example")).isPositive();
    }

    @Test
    void cachesDenialsByTheirSoaAndFailuresForFiveSeconds() {
        use("cache 30", "forward . " + here());
        AtomicInteger n = new AtomicInteger();
        answers = q -> {
            n.incrementAndGet();
            return DnsAnswer.negative(DnsAnswer.NO_SUCH_NAME, ResourceRecord.authority("example", 1, 20), "");
        };
        ask("none.example");
        assertThat(ask("none.example")).isEqualTo(-DnsAnswer.NO_SUCH_NAME);
        assertThat(n).hasValue(1);
        server.now = server.now.plusSeconds(20);
        ask("none.example");
        assertThat(n).hasValue(2);
        answers = q -> {
            n.incrementAndGet();
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", "");
        };
        ask("bad.example");
        ask("bad.example");
        assertThat(n).hasValue(3);
        server.now = server.now.plusSeconds(5);
        ask("bad.example");
        assertThat(n).hasValue(4);
    }

    @Test
    void neverMixesUpDifferentQuestions() {
        use("cache 30", "forward . " + here());
        assertThat(ask("a.example")).isEqualTo(1);
        byte[] signed = TestServer.query("a.example", RecordType.A, 0x0100, TestServer.opt(1232, 0, true));
        assertThat(last(server.ask(signed, false))).isEqualTo(2);
        byte[] unchecked = TestServer.query("a.example", RecordType.A, 0x0110, new byte[0]);
        assertThat(last(server.ask(unchecked, false))).isEqualTo(3);
        assertThat(last(server.ask(signed, false))).isEqualTo(2);
        assertThat(ask("a.example")).isEqualTo(1);
        assertThat(ask("b.example")).isEqualTo(4);
    }

    @Test
    void servesStaleAnswersWhenResolversFail() {
        use("cache 30 {\n serve_stale 1h\n servfail 0\n}", "forward . " + here());
        assertThat(ask("a.example")).isEqualTo(1);
        udp.close();
        server.now = server.now.plusSeconds(60);
        DnsAnswer stale = server.ask("a.example", RecordType.A);
        assertThat(last(stale)).isEqualTo(1);
        assertThat(stale.records().getFirst().ttl()).isZero();
        server.now = server.now.plusSeconds(4000);
        assertThat(ask("a.example")).isEqualTo(-DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void aCacheStaysWithinItsBounds() {
        use("cache 30 {\n success 10\n}", "forward . " + here());
        for (int i = 0; i < 30; i++) {
            ask("n" + i + ".example");
        }
        Cache cache = server.responder.configuration().caches().getFirst();
        assertThat(cache.success().size()).isEqualTo(10);
        assertThat(cache.success().evictions()).isEqualTo(20);
    }

    @Test
    void stopsForwardingWhenTheProbeComesBack() {
        use("loop", "forward . " + here());
        answers = q -> {
            server.ask(TestServer.query(q.spelled(), q.type(), 0x0100, new byte[0]), false);
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", "");
        };
        List<String> found = new ArrayList<>();
        AtomicInteger again = new AtomicInteger();
        UpstreamWatch watch = new UpstreamWatch(new SecureRandom(), found::add, again::incrementAndGet);
        watch.step(server.responder.configuration());
        assertThat(found).singleElement().asString().contains("come back", here());
        answers = this::address;
        assertThat(ask("a.example")).isEqualTo(-DnsAnswer.SERVER_FAILURE);
        assertThat(asked).hasValue(0);
        watch.step(server.responder.configuration());
        assertThat(found).hasSize(1);
    }

    @Test
    void asksTheNextForwardAfterCodesThatItNames() {
        answers = q -> asked.get() == 0 ? DnsAnswer.coded(DnsAnswer.NO_SUCH_NAME, "", "" + asked.incrementAndGet())
                : address(q);
        use("forward . " + here() + " {\n next NXDOMAIN\n}", "forward . " + here());
        assertThat(ask("a.example")).isEqualTo(2);
        asked.set(0);
        use("forward . " + here() + " {\n next SERVFAIL\n next_on_nodata\n}", "forward . " + here());
        assertThat(ask("a.example")).isEqualTo(-DnsAnswer.NO_SUCH_NAME);
        asked.set(0);
        use("forward . " + here() + " {\n next NXDOMAIN\n}");
        assertThat(ask("a.example")).as("there is no other").isEqualTo(-DnsAnswer.NO_SUCH_NAME);
    }
}
