package io.k3j.dnsmessage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The response of a resolver is read, and can be passed on, or is refused.
public class DnsAnswerFuzzTest {
    private static final DnsQuery QUERY = DnsQuery.own("a.example.org", RecordType.MX);

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> DnsMessageReader.answers(input, 0, "a.example.org", RecordType.MX));
        Fuzzing.parse(() -> {
            DnsAnswer answer = DnsMessageReader.read(input, "");
            Fuzzing.parse(() -> {
                assertThat(answer.records().toString()).isNotEmpty();
                answer.authority().forEach(ResourceRecord::minimum);
                DnsMessageWriter.write(QUERY, answer, 512);
            });
        }, IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        List<ResourceRecord> records = List.of(
                ResourceRecord.name("a.example.org", RecordType.CNAME, 5, "b.example.org"),
                ResourceRecordText.parse("b.example.org 7 IN MX 10 mail.b.example.org"),
                ResourceRecord.service("_x._tcp.example.org", 9, 2, 3, "b.example.org"),
                ResourceRecord.text("a.example.org", 9, "some text"));
        ResourceRecord zone = ResourceRecord.authority("example.org", 7, 30);
        Fuzzing.run(DnsAnswerFuzzTest::fuzzerTestOneInput,
                List.of(DnsMessageWriter.write(QUERY, DnsAnswer.of(records, List.of(), ""), 512),
                        DnsMessageWriter.write(QUERY, DnsAnswer.negative(DnsAnswer.NO_SUCH_NAME, zone, ""), 512)));
    }
}
