package io.k3j.dnsmessage;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A message of a client is a query, which can be answered, or is refused.
public class DnsQueryFuzzTest {
    private static final DnsAnswer ANSWER = DnsAnswer.of(
            List.of(ResourceRecord.address("a.example", 5, new byte[] {10, 0, 0, 1})), List.of(), "");

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            DnsQuery query = DnsQuery.read(input);
            Fuzzing.parse(() -> DnsMessageReader.read(DnsMessageWriter.write(query, ANSWER, query.udp()), ""));
        }, IllegalArgumentException.class);
    }

    @Test
    void isAnsweredOrRefused() throws IOException {
        Fuzzing.run(DnsQueryFuzzTest::fuzzerTestOneInput, List.of(DnsQuery.own("a.example.org", RecordType.A).wire(),
                DnsQuery.own("_x._tcp.b.svc.cluster.local", RecordType.SRV).wire(),
                Fuzzing.hex("0001 0100 0001 0000 0000 0001 01 61 00 0001 0001 00 0029 04d0 00008000 0000").getFirst()));
    }
}
