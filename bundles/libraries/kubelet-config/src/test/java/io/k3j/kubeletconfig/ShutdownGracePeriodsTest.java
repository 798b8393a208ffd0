package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.kubeletconfig.ShutdownGracePeriods.Group;
import io.k3j.kubeletconfig.ShutdownGracePeriods.Period;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which pods end when a machine is shut down, and how long they have.
class ShutdownGracePeriodsTest {
    private static Obj pod(long priority) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p" + priority), "spec",
                Struct.of("priority", priority)));
    }

    @Test
    void nothingIsWaitedForUnlessItIsSaid() {
        assertThat(ShutdownGracePeriods.of(Map.of()).enabled()).isFalse();
    }

    @Test
    void criticalPodsHaveTheEndOfThePeriod() {
        ShutdownGracePeriods periods = ShutdownGracePeriods.of(Map.of("shutdown-grace-period", "1m",
                "shutdown-grace-period-critical-pods", "10s"));
        assertThat(periods.total()).isEqualTo(Duration.ofMinutes(1));
        Obj low = pod(-5);
        Obj plain = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.EMPTY));
        Obj critical = pod(2_000_001_000L);
        assertThat(periods.groups(List.of(critical, low, plain))).containsExactly(
                new Group(Duration.ofSeconds(50), List.of(low, plain)),
                new Group(Duration.ofSeconds(10), List.of(critical)));
    }

    @Test
    void thoseBetweenTwoPrioritiesBelongToTheLower() {
        ShutdownGracePeriods periods = ShutdownGracePeriods
                .of(Map.of("shutdown-grace-period-by-pod-priority", "100000=10,0=60,10000=180"));
        assertThat(periods.periods()).extracting(Period::priority).containsExactly(0L, 10_000L, 100_000L);
        assertThat(periods.groups(List.of(pod(9_999), pod(10_000), pod(99_999), pod(5_000_000))))
                .containsExactly(new Group(Duration.ofSeconds(60), List.of(pod(9_999))),
                        new Group(Duration.ofSeconds(180), List.of(pod(10_000), pod(99_999))),
                        new Group(Duration.ofSeconds(10), List.of(pod(5_000_000))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "shutdown-grace-period=5s,shutdown-grace-period-critical-pods=10s"
                    + "|shutdownGracePeriodCriticalPods 10s must be <= shutdownGracePeriod 5s",
            "shutdown-grace-period=500ms|shutdownGracePeriod 500ms must be either zero or otherwise >= 1 sec",
            "shutdown-grace-period=5s,shutdown-grace-period-by-pod-priority=0=5"
                    + "|Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time"})
    void whatIsWrongIsNamedInUpstreamsWords(String arguments, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShutdownGracePeriods.check(List.of(arguments.split(","))))
                .withMessageStartingWith("invalid configuration: ").withMessageContaining(why);
    }
}
