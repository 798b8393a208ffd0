package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Dead-peer detection with a clock that the test moves.
class PulseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Pulse pulse = new Pulse(channel, Patience.defaults(), 0);
    private long now;

    /// Checks repeatedly, for at most `seconds`, until the verdict changes.
    /// @return the last verdict
    private Pulse.Verdict after(long seconds, boolean wanted) {
        long end = now + TimeUnit.SECONDS.toNanos(seconds);
        Pulse.Verdict found = Pulse.Verdict.ALIVE;
        while (found == Pulse.Verdict.ALIVE && now < end) {
            now += TimeUnit.SECONDS.toNanos(Limits.CHECK_SECONDS);
            found = pulse.check(now, wanted);
        }
        return found;
    }

    @Test
    void pingsAndResetsWithoutAnAnswer() {
        assertThat(after(30, true)).isEqualTo(Pulse.Verdict.ALIVE);
        assertThat(after(6, true)).isEqualTo(Pulse.Verdict.PING);
        assertThat(after(12, true)).isEqualTo(Pulse.Verdict.ALIVE);
        assertThat(after(6, true)).isEqualTo(Pulse.Verdict.DEAD);
    }

    @Test
    void acceptsAnyFrameAsAnAnswer() {
        assertThat(after(36, true)).isEqualTo(Pulse.Verdict.PING);
        pulse.received(now);
        assertThat(after(30, true)).isEqualTo(Pulse.Verdict.ALIVE);
        assertThat(after(6, true)).isEqualTo(Pulse.Verdict.PING);
    }

    @Test
    void sendsNoPingWithoutAStream() {
        assertThat(after(600, false)).isEqualTo(Pulse.Verdict.ALIVE);
    }

    @Test
    void ignoresTimeInWhichThisProcessWasStopped() {
        assertThat(after(36, true)).isEqualTo(Pulse.Verdict.PING);
        now += TimeUnit.MINUTES.toNanos(5);
        assertThat(after(9, true)).isEqualTo(Pulse.Verdict.ALIVE);
        assertThat(after(12, true)).isEqualTo(Pulse.Verdict.DEAD);
    }
}
