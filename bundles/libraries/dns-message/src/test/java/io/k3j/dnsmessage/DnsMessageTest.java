package io.k3j.dnsmessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages as bytes, there and back.
class DnsMessageTest {
    @Test
    void compressesNamesAndReadsThemBack() {
        DnsQuery query = DnsQuery.own("a.example.org", RecordType.MX);
        List<ResourceRecord> records = List.of(
                ResourceRecord.name("a.example.org", RecordType.CNAME, 5, "b.example.org"),
                ResourceRecordText.parse("b.example.org 7 IN MX 10 mail.b.example.org"),
                ResourceRecord.service("_x._tcp.example.org", 9, 2, 3, "b.example.org"));
        byte[] message = DnsMessageWriter.write(query, DnsAnswer.of(records, List.of(), ""), 512);
        assertThat(DnsMessageReader.read(message, "").records()).isEqualTo(records);
        assertThat(message.length).isLessThan(140);
    }

    @Test
    void cutsAtWholeRecordsAndSaysSo() {
        DnsQuery query = DnsQuery.own("many.example", RecordType.A);
        List<ResourceRecord> records = IntStream.range(0, 100)
                .mapToObj(i -> ResourceRecord.address("many.example", 5, new byte[] {10, 0, 0,
                        (byte) i}))
                .toList();
        byte[] cut = DnsMessageWriter.write(query, DnsAnswer.of(records, List.of(), ""), 512);
        assertThat(cut.length).isLessThanOrEqualTo(512);
        assertThat(DnsMessageReader.truncated(cut)).isTrue();
        assertThat(DnsMessageReader.read(cut, "").records()).hasSize(30);
        byte[] whole = DnsMessageWriter.write(query, DnsAnswer.of(records, List.of(), ""), 65_535);
        assertThat(DnsMessageReader.truncated(whole)).isFalse();
        assertThat(DnsMessageReader.read(whole, "").records()).hasSize(100);
    }

    @Test
    void boundsACompressionBomb() {
        byte[] longest = DomainNames
                .wire(String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)));
        ByteBuffer b = ByteBuffer.allocate(65_535).putShort((short) 1).putShort((short) 0x8180).putShort((short) 1)
                .putShort((short) 4000).putInt(0).put(longest).putShort((short) RecordType.CNAME).putShort((short) 1);
        while (b.remaining() > 16) {
            b.putShort((short) 0xC00C).putShort((short) RecordType.CNAME).putShort((short) 1).putInt(60)
                    .putShort((short) 2)
                    .putShort((short) 0xC00C);
        }
        assertThatThrownBy(() -> DnsMessageReader.read(b.array(), "")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MOST_EXPANDED");
    }

    @Test
    void readsNoNameThatPointsForwardOrInACircle() {
        ByteBuffer circle = ByteBuffer.wrap(new byte[] {(byte) 0xC0, 2, (byte) 0xC0, 0});
        assertThatThrownBy(() -> DomainNames.compressed(circle)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DomainNames.compressed(circle.position(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Thousands of pointers in a row, through all of which every name of a message may lead.
    @Test
    void followsAsManyPointersAsANameMayHaveUseFor() {
        ByteBuffer chain = ByteBuffer.allocate(1_001).put((byte) 0);
        for (int i = 0; i < 500; i++) {
            chain.putShort((short) (0xC000 | Math.max(0, 2 * i - 1)));
        }
        assertThat(DomainNames.compressed(chain.position(1 + 2 * (DomainNames.MOST_POINTERS - 1)))).isEmpty();
        assertThatThrownBy(() -> DomainNames.compressed(chain.position(1 + 2 * DomainNames.MOST_POINTERS)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("MOST_POINTERS");
    }

    @Test
    void showsARecordWithoutData() {
        assertThat(new ResourceRecord("a.example", RecordType.TXT, ResourceRecord.INTERNET, 5, new byte[0]))
                .hasToString("a.example. 5 TXT \"\"");
    }

    @Test
    void keepsDotsInsideLabelsApart() {
        byte[] wire = {3, 'a', '.', 'b', 1, 'c', 0};
        String name = DomainNames.plain(ByteBuffer.wrap(wire));
        assertThat(name).isEqualTo("a\\.b.c");
        assertThat(DomainNames.wire(name)).isEqualTo(wire);
        assertThat(DomainNames.within("x\\.cluster.local", "cluster.local")).isTrue();
    }

    @Test
    void takesOnlyTheResponseToItsOwnQuestion() {
        DnsQuery query = DnsQuery.own("a.example.org", RecordType.A);
        byte[] response = DnsMessageWriter.write(query, DnsAnswer.of(List.of(), List.of(), ""), 512);
        assertThat(DnsMessageReader.answers(response, query.id(), "a.example.org", RecordType.A)).isTrue();
        assertThat(DnsMessageReader.answers(response, query.id() + 1, "a.example.org", RecordType.A)).isFalse();
        assertThat(DnsMessageReader.answers(response, query.id(), "b.example.org", RecordType.A)).isFalse();
        assertThat(DnsMessageReader.answers(response, query.id(), "a.example.org", RecordType.AAAA)).isFalse();
        assertThat(DnsMessageReader.answers(query.wire(), query.id(), "a.example.org", RecordType.A))
                .as("a query is no response").isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a.example. 60 IN A 10.0.0.1|a.example. 60 A 10.0.0.1",
            "A.Example IN 7 CNAME b.example.|a.example. 7 CNAME b.example.",
            "_x._tcp.example SRV 1 2 80 b.example|_x._tcp.example. 3600 SRV 1 2 80 b.example.",
            "a.example 1 TXT \"two words\"|a.example. 1 TXT \"two words\""})
    void readsRecordsAsZoneFilesHaveThem(String text, String record) {
        assertThat(ResourceRecordText.parse(text)).hasToString(record);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a.example|a type is missing", "a.example A nonsense|no address",
            "a.example A fd00::1|no address", "a.example 60 IN A 10.0.0.1 more|unexpected more",
            "a.example MX 70000 b.example|beyond 65535", "a.example NAPTR x|no text form",
            "a..b A 10.0.0.1|a label of 0"})
    void saysWhyARecordIsNone(String text, String why) {
        assertThatThrownBy(() -> ResourceRecordText.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"7.2.0.192.in-addr.arpa,192.0.2.7",
            "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa,fd00::7",
            "2.0.192.in-addr.arpa,", "x.2.0.192.in-addr.arpa,", "7.0.ip6.arpa,", "example.org,"})
    void readsNamesOfReverseLookup(String name, String address) {
        assertThat(DnsAddresses.address(name).orElse(null)).isEqualTo(address);
    }

    /// Whatever comes is read or refused.
    @Test
    void survivesRandomAndDamagedMessages() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = DnsMessageWriter.write(DnsQuery.own("a.example.org", RecordType.MX), DnsAnswer.of(
                List.of(ResourceRecordText.parse("a.example.org MX 10 mail.a.example.org")), List.of(), ""), 512);
        for (int i = 0; i < 20_000; i++) {
            byte[] message = i % 2 == 0 ? good.clone() : new byte[12 + random.nextInt(100)];
            if (i % 2 == 0) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            } else {
                random.nextBytes(message);
            }
            for (Runnable read : List.<Runnable>of(() -> DnsQuery.read(message),
                    () -> DnsMessageReader.read(message, ""))) {
                try {
                    read.run();
                } catch (IllegalArgumentException expected) {
                    assertThat(expected).as("seed %d", seed).hasMessageNotContaining("Exception");
                }
            }
        }
    }
}
