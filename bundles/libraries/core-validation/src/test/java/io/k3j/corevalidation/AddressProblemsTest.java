package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressProblemsTest {
    private static final String CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"10.0.0.1|", "2001:db8::1|", "010.0.0.1|must not have leading 0s",
            "::ffff:10.0.0.1|must not be an IPv4-mapped IPv6 address",
            "2001:DB8::1|must be in canonical form (\"2001:db8::1\")",
            "ten|must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"})
    void anAddressHasOneForm(String text, String told) {
        assertThat(String.join(",", AddressProblems.ip(text))).isEqualTo(told == null ? "" : told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"10.0.0.0/8|", "2001:db8::/32|", "10/8|" + CIDR, "10.0.0.0|" + CIDR,
            "10.0.0.0/33|" + CIDR, "010.0.0.0/8|must not have leading 0s in IP or prefix length",
            "10.0.0.0/08|must not have leading 0s in IP or prefix length",
            "::ffff:10.0.0.0/104|must not have an IPv4-mapped IPv6 address",
            "10.0.0.1/8|must not have bits set beyond the prefix length",
            "2001:DB8::/32|must be in canonical form (\"2001:db8::/32\")"})
    void aNetworkHasOneForm(String text, String told) {
        assertThat(String.join(",", AddressProblems.cidr(text))).isEqualTo(told == null ? "" : told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"10.0.0.1/8|", "2001:db8::1/64|",
            "::ffff:10.0.0.1/120|must be in canonical form (\"10.0.0.1/24\")",
            "10.0.0.1/08|must be in canonical form (\"10.0.0.1/8\")",
            "10.0.0.1|must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)"})
    void anInterfaceHasAnAddressAndANetwork(String text, String told) {
        assertThat(String.join(",", AddressProblems.interfaceAddress(text))).isEqualTo(told == null ? "" : told);
    }
}
