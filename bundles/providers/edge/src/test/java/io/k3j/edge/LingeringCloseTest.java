package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {
    private final LingeringClose lingering = new LingeringClose();
    private final EmbeddedChannel channel = new EmbeddedChannel(lingering);

    @Test
    void aClientThatIsToldTheEndMayCloseFirst() {
        channel.freezeTime();
        lingering.drain(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
        channel.pipeline().close();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(Limits.LINGER_MILLIS, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theTimeToDrainIsNotExceeded() {
        lingering.drain(System.nanoTime());
        channel.pipeline().close();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatEndsForAnotherReasonIsClosedAtOnce() {
        channel.pipeline().close();
        assertThat(channel.isOpen()).isFalse();
    }
}
