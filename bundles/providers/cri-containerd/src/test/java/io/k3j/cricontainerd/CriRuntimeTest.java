package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operations that wait for the shipped images. No server listens at the socket, so that each call that reaches it
/// fails.
class CriRuntimeTest {
    @TempDir
    private Path dir;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch imported = new CountDownLatch(1) {
        @Override
        public void await() throws InterruptedException {
            asked.countDown();
            super.await();
        }
    };

    private CriRuntime runtime() {
        Cri cri = new Cri(dir.resolve("nobody.sock"));
        return new CriRuntime(cri, new CriImages(cri, new PinnedImages(), Optional.empty()), imported, Health.none(),
                false, () -> 0);
    }

    @Test
    void createsNoSandboxBeforeTheShippedImagesAreImported() throws Exception {
        CompletableFuture<String> made = CompletableFuture.supplyAsync(() -> runtime().runSandbox(Struct.EMPTY, ""));
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(made).isNotDone();
        imported.countDown();
        assertThatThrownBy(made::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(RuntimeFault.class);
    }

    @Test
    void reportsTheRuntimeMeanwhile() {
        assertThatThrownBy(() -> runtime().readiness()).isInstanceOf(RuntimeFault.class);
        assertThat(asked.getCount()).isOne();
    }
}
