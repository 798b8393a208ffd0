package io.k3j.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.Annotation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TermsTest {
    private static Terms of(String[] controllers, String... scheduler) {
        return Terms.of(new Said(controllers, scheduler));
    }

    @Test
    void electsWithinThreeSecondsUnlessToldOtherwise() {
        Terms terms = of(new String[0]);
        assertThat(terms.elect()).isTrue();
        assertThat(terms.timing().lease()).isEqualTo(Duration.ofSeconds(3));
        assertThat(terms.timing().renewDeadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(terms.timing().retry()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void honoursUpstreamsArguments() {
        Terms terms = of(new String[] {"v=2", "leader-elect-lease-duration=15s", "leader-elect-renew-deadline=10s"},
                "leader-elect-lease-duration=1m", "leader-elect-retry-period=1500ms");
        assertThat(terms.timing().lease()).isEqualTo(Duration.ofSeconds(15));
        assertThat(terms.timing().renewDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(terms.timing().retry()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(of(new String[] {"leader-elect=false"}).elect()).isFalse();
    }

    @Test
    void saysEverythingThatMakesNoSense() {
        assertThatThrownBy(
                () -> of(new String[] {"leader-elect-lease-duration=soon", "leader-elect-renew-deadline=5s"}))
                .hasMessageContaining("leader-elect-lease-duration=soon is no duration; try 15s")
                .hasMessageContaining("must be greater than leader-elect-renew-deadline");
    }

    private record Said(String[] controllers, String[] scheduler) implements Settings {
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
            return Settings.class;
        }
    }
}
