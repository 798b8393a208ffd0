package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VolumePreparationTest {
    private static final Map<String, Path> THERE = Map.of("v", Path.of("/v"));

    @Test
    void whatWasPreparedIsGivenAndWhatWasThrownIsThrown() throws Exception {
        assertThat(new VolumePreparation("a", () -> THERE).await()).isEqualTo(THERE);
        IllegalStateException missing = new IllegalStateException("missing");
        VolumePreparation failed = new VolumePreparation("a", () -> {
            throw missing;
        });
        assertThatThrownBy(failed::await).isSameAs(missing);
        failed.end();
    }

    /// A runtime that fails after the sandbox is there must not leave two preparations of one pod behind.
    @Test
    void whatNobodyWaitedForIsEnded() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        try (VolumePreparation _ = blocked(begun, interrupted)) {
            begun.await();
        }
        assertThat(interrupted).isCompletedWithValue(true);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static VolumePreparation blocked(CountDownLatch begun, CompletableFuture<Boolean> interrupted) {
        return new VolumePreparation("a", () -> {
            begun.countDown();
            try {
                return interrupted.thenApply(_ -> THERE).get();
            } catch (Exception e) {
                interrupted.complete(true);
                throw new IllegalStateException(e);
            }
        });
    }

    /// A kubelet that ends would wait in vain for a server that does not answer.
    @Test
    void whoIsInterruptedEndsThePreparation() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        VolumePreparation volumes = blocked(begun, interrupted);
        begun.await();
        Thread.currentThread().interrupt();
        assertThatThrownBy(volumes::await).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).as("the pod's thread is still interrupted").isTrue();
        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
    }
}
