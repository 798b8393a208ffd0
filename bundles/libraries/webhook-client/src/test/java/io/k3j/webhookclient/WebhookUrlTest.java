package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.TlsChannel;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// URLs that Go takes and Java does not.
class WebhookUrlTest {
    private static URI address(String url) throws CallFailure {
        return ClientConfig.of(Struct.of("url", url)).address();
    }

    @ParameterizedTest
    @CsvSource({"https://my_host,my_host,443,/", "https://my_host.a:8443/x,my_host.a,8443,/x", "HTTPS://h,h,443,/",
            "https://h:8443?,h,8443,/", "https://h/x#,h,443,/x", "https://[fe80::1%25eth0]:8443/,fe80::1%25eth0,8443,/",
            "https://my_host:/,my_host,443,/", "https://h/a b/{c}[0]|^`,h,443,/a%20b/%7Bc%7D%5B0%5D%7C%5E%60",
            "https://h/\u00fc/%41,h,443,/%C3%BC/%41", "https://my_host:99999999999/,my_host,0,/",
            "https://my_host:-1/,my_host,0,/", "https://my_host:65536/,my_host,0,/", "https://h:65536/,h,0,/"})
    void areReadAsWhatTheyMean(String url, String host, int port, String path) throws CallFailure {
        URI address = address(url);
        assertThat(ClientConfig.host(address)).isEqualTo(host);
        assertThat(ClientConfig.port(address)).isEqualTo(port);
        assertThat(ClientConfig.path(address)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://u@my_host/", "https://u:p@h/", "https://h/?a=b", "https://h/#a", "http://my_host/",
            "https:///x", "https://:8443/", "h", "https://h/%zz", "https://my<host/"})
    void areNoneWhereNobodyCouldBeAsked(String url) {
        assertThatThrownBy(() -> address(url)).isInstanceOf(CallFailure.class);
    }

    private record Wire(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static ByteDuplex wire(HttpsPort port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port.number());
        return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /// A handshake with the one by the authority of the other.
    private static void greet(HttpsPort port, HttpsPort believed, String name) throws Exception {
        TlsChannel.ofHost(Trust.in(Pem.certificates(believed.authorities())), wire(port), name, port.number()).close();
    }

    @Test
    void aServerMustHaveANameThatJavaDoesNotCompare() throws Exception {
        try (HttpsPort port = new HttpsPort("odd", "my_host", "*.my_zone.example").started();
                HttpsPort stranger = new HttpsPort("other", "my_host").started()) {
            for (String name : List.of("my_host", "MY_HOST", "a.my_zone.example", "a_b.my_zone.example")) {
                greet(port, port, name);
            }
            for (String name : List.of("other_host", "my_zone.example", "a.b.my_zone.example", "_.example")) {
                assertThatThrownBy(() -> greet(port, port, name)).as(name)
                        .isInstanceOf(SSLPeerUnverifiedException.class).hasMessageEndingWith(", not " + name);
            }
            assertThatThrownBy(() -> greet(stranger, port, "my_host")).as("another authority")
                    .isInstanceOf(IOException.class);
        }
    }
}
