package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.Annotation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaderElectionConfigTest {
    private static LeaderElectionConfig of(String[] controllers, String... scheduler) {
        return LeaderElectionConfig.of(new Settings(controllers, scheduler));
    }

    @Test
    void electsWithinThreeSecondsByDefault() {
        LeaderElectionConfig config = of(new String[0]);
        assertThat(config.elect()).isTrue();
        assertThat(config.timing().lease()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.timing().renewDeadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.timing().retry()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void honoursUpstreamsArguments() {
        LeaderElectionConfig config = of(
                new String[] {"v=2", "leader-elect-lease-duration=15s", "leader-elect-renew-deadline=10s"},
                "leader-elect-lease-duration=1m", "leader-elect-retry-period=1500ms");
        assertThat(config.timing().lease()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.timing().renewDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.timing().retry()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(of(new String[] {"leader-elect=false"}).elect()).isFalse();
    }

    @Test
    void namesEveryInvalidArgument() {
        assertThatThrownBy(
                () -> of(new String[] {"leader-elect-lease-duration=soon", "leader-elect-renew-deadline=5s"}))
                .hasMessageContaining("leader-elect-lease-duration=soon is no duration; try 15s")
                .hasMessageContaining("must be greater than leader-elect-renew-deadline");
    }

    private record Settings(String[] controllers, String[] scheduler) implements LeaderElectionSettings {
        @Override
        public String nodeName() {
            return "one";
        }

        @Override
        public String[] kubeControllerManagerArg() {
            return controllers;
        }

        @Override
        public String[] kubeSchedulerArg() {
            return scheduler;
        }

        @Override
        public String[] kubeCloudControllerManagerArg() {
            return new String[0];
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return LeaderElectionSettings.class;
        }
    }
}
