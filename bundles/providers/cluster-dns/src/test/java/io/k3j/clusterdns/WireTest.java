package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.RecordType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the server answers to messages as bytes; the messages alone are tested in `dns-message`.
class WireTest {
    private final TestServer server = TestServer.withCluster().useCluster();

    private static int code(byte[] message) {
        return message[3] & 0xF;
    }

    @Test
    void keepsTheSpellingOfTheQuestion() {
        byte[] query = TestServer.query("wEb.DeFault.svc.CLUSTER.local", RecordType.A, 0x0100, new byte[0]);
        byte[] response = server.bytes(query, false);
        assertThat(Arrays.copyOfRange(response, 12, query.length))
                .isEqualTo(Arrays.copyOfRange(query, 12, query.length));
        // the owner is a pointer to the question, so it is spelled alike
        assertThat(response[query.length]).isEqualTo((byte) 0xC0);
        assertThat(response[query.length + 1]).isEqualTo((byte) 12);
        assertThat(response).hasSize(query.length + 16);
    }

    @Test
    void answersEdnsWithASizeOfItsOwnAndTheDoBit() {
        byte[] query = TestServer.query("web.default.svc.cluster.local", RecordType.A, 0,
                TestServer.opt(4096, 0, true));
        byte[] response = server.bytes(query, false);
        ByteBuffer opt = ByteBuffer.wrap(response, response.length - 11, 11);
        assertThat(opt.get()).isZero();
        assertThat(opt.getShort()).isEqualTo((short) RecordType.OPT);
        assertThat(opt.getShort()).isEqualTo((short) 1232);
        assertThat(opt.getInt()).isEqualTo(0x8000);
        assertThat(response[11]).isEqualTo((byte) 1);
    }

    @Test
    void refusesAnotherVersionOfEdns() {
        byte[] response = server.bytes(
                TestServer.query("web.default.svc.cluster.local", RecordType.A, 0, TestServer.opt(512, 1, false)),
                false);
        assertThat(DnsMessageReader.read(response, "").code()).isEqualTo(DnsAnswer.BAD_VERSION);
        assertThat(DnsMessageReader.read(response, "").records()).isEmpty();
    }

    @Test
    void answersMalformedQueriesWithFormErr() {
        byte[] rubbish = new byte[40];
        Arrays.fill(rubbish, (byte) 0x7f);
        rubbish[2] = 0;
        assertThat(code(server.bytes(rubbish, false))).isEqualTo(DnsAnswer.FORMAT_ERROR);
        byte[] two = TestServer.query("a", RecordType.A, 0, new byte[0]);
        two[5] = 2;
        assertThat(code(server.bytes(two, false))).isEqualTo(DnsAnswer.FORMAT_ERROR);
        byte[] pointer = TestServer.query("a", RecordType.A, 0, new byte[0]);
        pointer[12] = (byte) 0xC0;
        pointer[13] = 12;
        assertThat(code(server.bytes(pointer, false))).as("a question that points to itself")
                .isEqualTo(DnsAnswer.FORMAT_ERROR);
        byte[] twice = TestServer.query("a", RecordType.A, 0, new byte[22]);
        twice[11] = 2;
        byte[] opt = TestServer.opt(512, 0, false);
        System.arraycopy(opt, 0, twice, twice.length - 22, 11);
        System.arraycopy(opt, 0, twice, twice.length - 11, 11);
        assertThat(code(server.bytes(twice, false))).as("two OPT records").isEqualTo(DnsAnswer.FORMAT_ERROR);
    }

    @Test
    void answersOperationsAndClassesItDoesNotKnow() {
        byte[] notify = TestServer.query("cluster.local", RecordType.SOA, 0x2000, new byte[0]);
        assertThat(code(server.bytes(notify, false))).isEqualTo(DnsAnswer.NOT_IMPLEMENTED);
        byte[] chaos = TestServer.query("version.bind", RecordType.TXT, 0, new byte[0]);
        chaos[chaos.length - 1] = 3;
        assertThat(code(server.bytes(chaos, false))).isEqualTo(DnsAnswer.REFUSED);
    }

    @Test
    void neverAnswersAResponse() {
        assertThat(server.bytes(TestServer.query("cluster.local", RecordType.SOA, 0x8100, new byte[0]), false))
                .isEmpty();
    }

    /// Whatever comes: an answer of a header at least, or none, and never an exception.
    @Test
    void survivesRandomAndDamagedMessages() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = TestServer.query("web.default.svc.cluster.local", RecordType.SRV, 0x0100,
                TestServer.opt(1232, 0, true));
        for (int i = 0; i < 20_000; i++) {
            byte[] message = i % 2 == 0 ? good.clone() : new byte[12 + random.nextInt(100)];
            if (i % 2 == 0) {
                for (int n = random.nextInt(4); n >= 0; n--) {
                    message[random.nextInt(message.length)] = (byte) random.nextInt(256);
                }
            } else {
                random.nextBytes(message);
            }
            byte[] response = server.bytes(message, false);
            assertThat(response.length).as("seed %d", seed).satisfiesAnyOf(n -> assertThat(n).isZero(),
                    n -> assertThat(n).isGreaterThanOrEqualTo(12));
            try {
                DnsMessageReader.read(message, "");
            } catch (IllegalArgumentException expected) {
                assertThat(expected).isNotNull();
            }
        }
    }

    @Test
    void aMistakeOfThisProgramIsAFailureToTheOneWhoMetIt() {
        Configuration.ServedZone broken = new Configuration.ServedZone("", ask -> {
            throw new IllegalStateException("nobody expected this");
        }, null);
        server.responder.use(new Configuration(Map.of(53, Map.of("", broken)), List.of(), List.of(), List.of(),
                List.of(), Map.of(), Set.of(), false));
        byte[] response = server.bytes(TestServer.query("a.test", RecordType.A, 0x0100, new byte[0]), false);
        assertThat(code(response)).isEqualTo(DnsAnswer.SERVER_FAILURE);
        assertThat(response[5]).as("with its question").isEqualTo((byte) 1);
        assertThat(server.responder.panics()).isEqualTo(1);
    }
}
