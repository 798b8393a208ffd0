package io.k3j.testkitmachine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Of a machine nothing is left, whatever its tests have done to it.
@NeedsMachine
class MachineTest {
    @Test
    void nothingIsLeftOfOneThatIsClosed() throws IOException, InterruptedException {
        Machine machine = Machine.on();
        assertThat(machine.left()).contains(machine.dir().toString(), "/sys/fs/cgroup", "link " + machine.outer());
        assertThat(machine.run(Waiting.LIMIT, "hostname")).isEqualTo(new Outcome(0, machine.name() + "\n"));
        machine.close();
        assertThat(machine.left()).isEmpty();
    }

    @Test
    void itsNumberIsNobodyElsesUntilItIsClosed() throws IOException, InterruptedException {
        Machine ended = Machine.on();
        try {
            ProcessHandle.of(ended.init()).orElseThrow().destroyForcibly();
            // the cable has gone with the network of the one that ended, by itself
            Waiting.until("end of the cable", () -> !Remains.link(ended.outer()));
            Machine other = Machine.on();
            assertThat(other.outer()).isNotEqualTo(ended.outer());
            ended.close();
            assertThat(other.run(Waiting.LIMIT, "hostname").code()).isZero();
            other.close();
        } finally {
            ended.close();
        }
    }

    @Test
    void soItIsWhenItHasLostItsPowerBefore() throws IOException, InterruptedException {
        Machine machine = Machine.on();
        machine.lost();
        machine.close();
        assertThat(machine.left()).isEmpty();
        machine.close();
        assertThat(machine.left()).isEmpty();
    }
}
