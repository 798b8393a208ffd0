package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PluginSamplerTest {
    /// The name of a worker; whoever waits for the task itself may be the one to do it.
    private static String worker(Executor pool) throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        pool.execute(() -> name.complete(Thread.currentThread().getName()));
        return name.get(1, TimeUnit.MINUTES);
    }

    @Test
    void aWorkerOfTheCommonPoolIsNobodysAndThoseOfOtherPoolsAreTheirs() throws Exception {
        assertThat(PluginSampler.isCommon(worker(ForkJoinPool.commonPool()))).isTrue();
        try (ForkJoinPool own = new ForkJoinPool(1)) {
            assertThat(PluginSampler.isCommon(worker(own))).isFalse();
        }
        assertThat(PluginSampler.isCommon(null)).isFalse();
    }
}
