package io.k3j.kubeletclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests to a node whose way is stuck.
@Timeout(120)
class KubeletClientTest {
    private final CountDownLatch dialling = new CountDownLatch(1);
    private final Semaphore back = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);

    private final NodeDialer stuck = new NodeDialer() {
        @Override
        public ByteDuplex dial(String node, String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ByteDuplex dialKubelet(String node, String host, int port) {
            dialling.countDown();
            back.acquireUninterruptibly();
            return late;
        }
    };

    private final ByteDuplex late = new ByteDuplex() {
        @Override
        public InputStream input() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream output() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    };

    private KubeletClient client(Duration limit) {
        return new KubeletClient(stuck,
                new ComponentCertificate("test", Path.of("none"), InstantSource.system(), new Random(1)), limit, false);
    }

    private static byte[] ask(KubeletClient client) throws IOException {
        Struct address = Struct.of("type", "InternalIP", "address", "192.0.2.7");
        return client.send(Obj.of(Struct.of("metadata", Struct.of("name", "n"), "status",
                Struct.of("addresses", Seq.copyOf(List.of(address))))), KubeletRequest.get("/metrics", 1));
    }

    @Test
    void theLimitBeginsBeforeTheNodeIsDialled() {
        KubeletClient client = client(Duration.ofSeconds(1));
        assertThatThrownBy(() -> ask(client)).isInstanceOf(IOException.class)
                .hasMessage("the node has not answered within 1 s");
        back.release();
    }

    @Test
    void aStopEndsTheWaitingForADialler() throws Exception {
        KubeletClient client = client(Duration.ofHours(1));
        CompletableFuture<byte[]> asked = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                asked.complete(ask(client));
            } catch (IOException ended) {
                asked.completeExceptionally(ended);
            }
        });
        dialling.await();
        client.close();
        assertThatThrownBy(asked::join).hasCauseInstanceOf(IOException.class).hasMessageContaining("being stopped");
        assertThat(closed.getCount()).isOne();
        back.release();
        closed.await();
    }
}
