package io.k3j.dnsmessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasterFileTest {
    static final String WHOLE = """
            $TTL 1h ; unless a record says another one
            @       IN SOA ns.example.org. Me.Example.Org. (
                        2026113001 ; serial
                        2h 30m 1w 1m )
                    NS  ns
            ns   60 IN A    192.0.2.1
                 IN 1h30m AAAA 2001:db8::1
            WWW     CNAME   @
            *.wild  TXT     "two words" plain ""
            mail    MX      10 mail.other.
            _s._tcp SRV     1 2 443 www
            $ORIGIN sub
            a       A       192.0.2.2
            """;

    private static List<String> read(String text) {
        return MasterFile.parse(text, "example.org").stream().map(ResourceRecord::toString).toList();
    }

    @Test
    void readsWhatOthersWrite() {
        List<ResourceRecord> all = MasterFile.parse(WHOLE, "example.org");
        assertThat(all).extracting(ResourceRecord::toString).contains("example.org. 3600 NS ns.example.org.",
                "ns.example.org. 60 A 192.0.2.1", "ns.example.org. 5400 AAAA 2001:db8:0:0:0:0:0:1",
                "www.example.org. 3600 CNAME example.org.", "mail.example.org. 3600 MX mail.other.",
                "_s._tcp.example.org. 3600 SRV 1 2 443 www.example.org.", "a.sub.example.org. 3600 A 192.0.2.2");
        assertThat(all.getFirst().type()).isEqualTo(RecordType.SOA);
        assertThat(all.getFirst().minimum()).isEqualTo(60);
        ResourceRecord text = all.stream().filter(r -> r.type() == RecordType.TXT).findFirst().orElseThrow();
        assertThat(text.name()).isEqualTo("*.wild.example.org");
        assertThat(text.data()).isEqualTo("\u0009two words\u0005plain\u0000".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void readsEscapes() {
        assertThat(MasterFile.parse("a\\.b\\046c A 192.0.2.1\n", "org").getFirst().name()).isEqualTo("a\\.b\\.c.org");
        assertThat(MasterFile.parse("x TXT \"a\\\"b;c\" ; no text\n", "org").getFirst().data())
                .isEqualTo("\u0005a\"b;c".getBytes(StandardCharsets.US_ASCII));
        assertThat(MasterFile.parse("@ CAA 0 issue \"ca.example\"", "org").getFirst().data())
                .isEqualTo("\u0000\u0005issueca.example".getBytes(StandardCharsets.US_ASCII));
        assertThat(read("; nothing\n   \n\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a A 192.0.2.1 x|line 1: unexpected x", "a A|line 1: an address is missing",
            "'a (\n A 192.0.2.1'|line 1: a bracket that is not closed", "a )|line 1: a bracket that was not opened",
            "'a A 192.0.2.1\n$INCLUDE b'|line 2: $INCLUDE is not there", "'\n\na TXT \"b\n'|line 3: a quote without",
            "a 99999999999 A 192.0.2.1|line 1: beyond", "a..b A 192.0.2.1|line 1: a label of 0",
            "a NAPTR x|line 1: no text form", "a 1y A 192.0.2.1|line 1: no time to live: 1y"})
    void saysInWhichLineItCannotBeRead(String text, String why) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }

    /// Whoever may write the ConfigMap of a zone would keep a processor busy for an hour.
    @Test
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aTextOfVeryManyEscapesIsReadAtOnce() {
        String text = "x TXT \"" + "\\097".repeat(1_000_000) + "\"\n";
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 1: ");
    }

    @Test
    void aFileIsBounded() {
        String many = "a A 192.0.2.1\n".repeat(MasterFile.MOST_RECORDS);
        assertThat(read(many)).hasSize(MasterFile.MOST_RECORDS);
        assertThatThrownBy(() -> read(many + "b A 192.0.2.1")).hasMessageContaining("MOST_RECORDS");
    }
}
