package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When the other end of a connection is taken for gone, by a clock that the test moves.
class PulseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Pulse pulse = new Pulse(channel, Patience.usual(), 0);
    private long now;

    /// Looks until the finding is another, at most so long.
    /// @return what was found then
    private Pulse.Finding after(long seconds, boolean wanted) {
        long end = now + TimeUnit.SECONDS.toNanos(seconds);
        Pulse.Finding found = Pulse.Finding.WELL;
        while (found == Pulse.Finding.WELL && now < end) {
            now += TimeUnit.SECONDS.toNanos(Limits.LOOK_SECONDS);
            found = pulse.look(now, wanted);
        }
        return found;
    }

    @Test
    void asksAndEndsWithoutAnAnswer() {
        assertThat(after(30, true)).isEqualTo(Pulse.Finding.WELL);
        assertThat(after(6, true)).isEqualTo(Pulse.Finding.ASK);
        assertThat(after(12, true)).isEqualTo(Pulse.Finding.WELL);
        assertThat(after(6, true)).isEqualTo(Pulse.Finding.OVER);
    }

    @Test
    void isContentWithAnyWord() {
        assertThat(after(36, true)).isEqualTo(Pulse.Finding.ASK);
        pulse.heard(now);
        assertThat(after(30, true)).isEqualTo(Pulse.Finding.WELL);
        assertThat(after(6, true)).isEqualTo(Pulse.Finding.ASK);
    }

    @Test
    void asksNobodyWithoutAStream() {
        assertThat(after(600, false)).isEqualTo(Pulse.Finding.WELL);
    }

    @Test
    void countsNoTimeInWhichThisProcessStoodStill() {
        assertThat(after(36, true)).isEqualTo(Pulse.Finding.ASK);
        now += TimeUnit.MINUTES.toNanos(5);
        assertThat(after(9, true)).isEqualTo(Pulse.Finding.WELL);
        assertThat(after(12, true)).isEqualTo(Pulse.Finding.OVER);
    }
}
