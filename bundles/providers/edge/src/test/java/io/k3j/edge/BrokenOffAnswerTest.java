package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client that reads slowly holds what others wait for.
@Timeout(120)
class BrokenOffAnswerTest {
    /// More than clients and kernels buffer.
    private static final int PARTS = 100;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final BlockingQueue<Exchange> slow = new ArrayBlockingQueue<>(1);

    @ParameterizedTest
    @EnumSource(Version.class)
    void letsGoOfWhoWritesIt(Version version) throws Exception {
        byte[][] parts = new byte[PARTS][];
        Arrays.fill(parts, new byte[1 << 20]);
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> {
                slow.add(exchange);
                try {
                    exchange.respond(200, Map.of(), parts);
                } finally {
                    ended.countDown();
                }
            });
            try (HttpClient client = TestPort.client(version, port.anonymous())) {
                HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
                InputStream in = client.send(get, BodyHandlers.ofInputStream()).body();
                assertThat(ended.getCount()).as("its client does not read").isOne();
                slow.take().abort();
                assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
                assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
            }
        }
    }
}
