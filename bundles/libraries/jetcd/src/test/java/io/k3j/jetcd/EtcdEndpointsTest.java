package io.k3j.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EtcdEndpointsTest {
    @Test
    void aSchemeAndAPortThatAreLeftOutAreTakenOver() {
        assertThat(parse("https://h1:4000,h2,[fd00::3]"))
                .containsExactly(URI.create("https://h1:4000"), URI.create("https://h2:2379"),
                        URI.create("https://[fd00::3]:2379"));
        assertThat(parse("http://10.0.0.1:2379/, http://10.0.0.2:2379")).hasSize(2);
    }

    @Test
    void whatIsNoEndpointIsNamedWithoutItsPassword() {
        assertThatThrownBy(() -> parse("h1:2379")).hasMessageContaining("http://HOST:PORT");
        assertThatThrownBy(() -> parse("http://root:secret@h1:2379")).hasMessageContaining("h1")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> parse("http://h1/path")).hasMessageContaining("h1/path");
        assertThatThrownBy(() -> parse("http://h1,,http://h2")).hasMessageContaining("etcd endpoint ''");
    }

    private static List<URI> parse(String text) {
        return EtcdEndpoints.parse(text, Optional.empty()).all();
    }
}
