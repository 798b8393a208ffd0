package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Exchange;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is forwarded, and how addresses are written.
class AuditedExchangeTest {
    /// One that were left to its default would have requests decided otherwise where they are recorded.
    @Test
    void everyMethodOfAnExchangeIsForwarded() {
        assertThat(Stream.of(Exchange.class.getMethods()))
                .allSatisfy(m -> assertThat(AuditedExchange.class.getMethod(m.getName(), m.getParameterTypes())
                        .getDeclaringClass()).as(m.toString()).isNotEqualTo(Exchange.class));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1,10.0.0.1", "::1,::1", "2001:0DB8::0001,2001:db8::1", "::,::", "fe80::,fe80::",
            "1:0:0:2:0:0:0:3,1:0:0:2::3", "1:0:0:2:3:0:0:4,1::2:3:0:0:4", "1:0:2:3:4:5:6:7,1:0:2:3:4:5:6:7",
            "::ffff:10.0.0.1,10.0.0.1"})
    void addressesAreWrittenAsGoWritesThem(String given, String written) {
        assertThat(SourceIps.text(InetAddress.ofLiteral(given))).isEqualTo(written);
    }
}
