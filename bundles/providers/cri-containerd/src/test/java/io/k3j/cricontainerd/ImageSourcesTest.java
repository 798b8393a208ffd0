package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSourcesTest {
    @ParameterizedTest
    @CsvSource({"'', 127.0.0.1, localhost", "0.0.0.0, 127.0.0.1, localhost", "::, 127.0.0.1, localhost",
            "192.0.2.7, 192.0.2.7, 192.0.2.7", "2001:db8::7, [2001:db8::7], [2001:db8::7]"})
    void containerdAsksItsNodeByAnAddressOrByTheNameThatShowsTheNodesOwnCertificate(String bound, String address,
            String withAnotherCertificate) {
        assertThat(ImageSources.host(bound, "max-pods=3", "tls-cert-file=")).isEqualTo(address);
        assertThat(ImageSources.host(bound, "tls-cert-file=/etc/mine.crt")).isEqualTo(withAnotherCertificate);
    }
}
