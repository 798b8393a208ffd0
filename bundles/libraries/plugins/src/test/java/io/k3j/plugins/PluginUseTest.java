package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginUseTest {
    private static final String ACME = "plugin:acme.jar";
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private final PluginUse use = new PluginUse();

    private void computed(Duration from, Duration length, Duration every) {
        for (Duration at = from; at.compareTo(from.plus(length)) < 0; at = at.plus(every)) {
            use.computed(ACME, 7, BEGIN.plus(at));
        }
    }

    @Test
    void oneThatComputesAllTheTimeIsOver() {
        computed(Duration.ZERO, Duration.ofSeconds(11), PluginUse.PERIOD);
        assertThat(use.over(ACME)).isFalse();
        computed(Duration.ofSeconds(11), Duration.ofMillis(300), PluginUse.PERIOD);
        assertThat(use.over(ACME)).isTrue();
        assertThat(use.processor(ACME)).isEqualTo(Duration.ofMillis(11_300));
        assertThat(use.over("plugin:other.jar")).isFalse();
        use.again(ACME);
        assertThat(use.over(ACME)).as("started anew").isFalse();
    }

    @Test
    void oneThatGetsAFourthOfAProcessorWithoutAnEndIsOverLater() {
        computed(Duration.ZERO, Duration.ofSeconds(60), PluginUse.PERIOD.multipliedBy(4));
        assertThat(use.over(ACME)).isFalse();
        computed(Duration.ofSeconds(60), Duration.ofSeconds(10), PluginUse.PERIOD.multipliedBy(4));
        assertThat(use.over(ACME)).isTrue();
    }

    @Test
    void oneThatSaysWhatItNeedsMayUseIt() {
        use.allow(ACME, 0.6);
        computed(Duration.ZERO, Duration.ofMinutes(10), PluginUse.PERIOD.multipliedBy(2));
        assertThat(use.over(ACME)).isFalse();
    }

    @Test
    void burstsWithPausesAreNoSpinning() {
        for (int i = 0; i < 10; i++) {
            computed(Duration.ofSeconds(100).multipliedBy(i), Duration.ofSeconds(9), PluginUse.PERIOD);
        }
        assertThat(use.over(ACME)).isFalse();
    }

    @Test
    void threadsAreWhoseCodeStartedThemOrWhoseThreadDid() {
        use.started(11, 1, ACME);
        use.started(12, 11, "");
        use.started(13, 1, "");
        assertThat(use.threads(ACME)).containsExactlyInAnyOrder(11L, 12L);
        use.ended(11);
        assertThat(use.threads(ACME)).containsExactly(12L);
        use.forget(ACME);
        assertThat(use.threads(ACME)).isEmpty();
    }

    @Test
    void aSecondRecordingDoesNotMakeItMore() {
        computed(Duration.ZERO, Duration.ofSeconds(5), PluginUse.PERIOD.dividedBy(5));
        assertThat(use.over(ACME)).isFalse();
        assertThat(use.processor(ACME)).isEqualTo(Duration.ofSeconds(5));
        use.computed(ACME, 8, BEGIN.plusSeconds(5));
        use.computed(ACME, 9, BEGIN.plusSeconds(5));
        assertThat(use.samples(ACME)).as("other threads are other samples").isEqualTo(52);
    }

    private String owner(long thread, boolean virtual, boolean cut, String nearest, String... stopped) {
        return use.owner(new PluginUse.Computing(thread, virtual, cut), nearest, List.of(stopped)::contains);
    }

    @Test
    void whatAnOldVersionHasLeftIsNotTheNewOnes() {
        String fresh = "plugin:acme-2.jar";
        use.started(11, 1, ACME);
        use.computed(ACME, 12, BEGIN);
        assertThat(owner(11, false, false, fresh, ACME)).as("its thread").isEqualTo(ACME);
        assertThat(owner(12, true, false, fresh, ACME)).as("a virtual one that was found before").isEqualTo(ACME);
        assertThat(owner(13, true, false, fresh, ACME)).isEqualTo(fresh);
        assertThat(owner(12, false, false, fresh, ACME)).as("one of the server, which does this and that")
                .isEqualTo(fresh);
        assertThat(owner(11, false, false, "")).as("code of nobody").isEmpty();
    }

    @Test
    void aStackThatIsCutIsOfWhoHasStartedTheThread() {
        use.started(11, 1, ACME);
        use.computed(ACME, 12, BEGIN);
        assertThat(owner(11, false, true, "")).isEqualTo(ACME);
        assertThat(owner(12, true, true, "")).isEqualTo(ACME);
        assertThat(owner(13, false, true, "")).isEmpty();
    }

    @Test
    void aClassOfTwoVersionsIsOfTheOneThatRuns() {
        PluginClasses classes = new PluginClasses();
        classes.note("com.acme.A", ACME);
        classes.note("com.acme.A", "plugin:acme-2.jar");
        assertThat(classes.owner("com.acme.A")).isEmpty();
        classes.stopped(ACME, true);
        assertThat(classes.owner("com.acme.A")).isEqualTo("plugin:acme-2.jar");
        classes.stopped("plugin:acme-2.jar", true);
        classes.forget("plugin:acme-2.jar");
        assertThat(classes.owner("com.acme.A")).as("it goes on though it was stopped").isEqualTo(ACME);
    }

    @Test
    void aClassOfTwoPluginsIsNobodys() {
        PluginClasses classes = new PluginClasses();
        classes.note("com.acme.A", ACME);
        classes.note("org.shared.B", ACME);
        classes.note("org.shared.B", "plugin:other.jar");
        assertThat(classes.owner("com.acme.A")).isEqualTo(ACME);
        assertThat(classes.owner("org.shared.B")).isEmpty();
        classes.forget("plugin:other.jar");
        assertThat(classes.owner("org.shared.B")).isEqualTo(ACME);
        assertThat(classes.owner("io.k3j.features.Features")).isEmpty();
        classes.note("io.k3j.web.C", "chosen:web.jar");
        assertThat(classes.owner("io.k3j.web.C")).as("swapped bundles are no plug-ins").isEmpty();
        assertThat(classes.owner("com.acme.A", "jdk.internal.loader.ClassLoaders$AppClassLoader")).isEmpty();
    }
}
