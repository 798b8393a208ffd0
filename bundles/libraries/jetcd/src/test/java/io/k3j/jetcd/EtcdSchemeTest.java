package io.k3j.jetcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class EtcdSchemeTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void saysThatOneBehindHttpsDoesNotSpeakTls() throws IOException {
        try (Peer peer = new Peer()) {
            String address = peer.endpoints().shown();
            assertThat(wrong("https://" + address, LONG)).contains("etcd at " + address
                    + " does not speak TLS; write http://" + address + ", or give etcd a certificate");
            assertThat(wrong("http://" + address, LONG)).isEmpty();
        }
    }

    @Test
    void saysThatOneBehindHttpSpeaksTls() throws IOException {
        try (SSLServerSocket listener = (SSLServerSocket) SSLServerSocketFactory.getDefault().createServerSocket(0, 8,
                InetAddress.getLoopbackAddress())) {
            serve(listener, () -> {
                try (SSLSocket made = (SSLSocket) listener.accept()) {
                    made.startHandshake();
                }
                return true;
            });
            String address = "127.0.0.1:" + listener.getLocalPort();
            assertThat(wrong("http://" + address, LONG)).hasValueSatisfying(text -> assertThat(text)
                    .startsWith("etcd at " + address + " speaks TLS; write https://" + address));
            assertThat(wrong("https://" + address, LONG)).isEmpty();
        }
    }

    @Test
    void oneThatHangsUpOrIsNotThereProvesNothing() throws IOException {
        String address;
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            serve(listener, () -> {
                try (Socket made = listener.accept()) {
                    return made.isConnected();
                }
            });
            address = "127.0.0.1:" + listener.getLocalPort();
            assertThat(wrong("https://" + address, LONG)).isEmpty();
            assertThat(wrong("http://" + address, LONG)).isEmpty();
        }
        assertThat(wrong("https://" + address, LONG)).isEmpty();
        assertThat(wrong("http://" + address, LONG)).isEmpty();
    }

    private static Optional<String> wrong(String address, Duration each) {
        return EtcdScheme.wrong(EtcdEndpoints.parse(address, Optional.empty()), each);
    }

    /// Does it again and again, whatever becomes of a connection.
    private static void serve(ServerSocket listener, Callable<Boolean> one) {
        Thread.ofVirtual().name("listener").start(() -> {
            while (!listener.isClosed()) {
                accepted(one);
            }
        });
    }

    private static void accepted(Callable<Boolean> one) {
        try {
            one.call();
        } catch (Exception refused) {
            // the other side has heard enough
        }
    }
}
