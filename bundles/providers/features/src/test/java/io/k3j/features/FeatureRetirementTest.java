package io.k3j.features;

import static io.k3j.features.TestFramework.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureChanges;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import io.k3j.plugins.ExclusiveChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// What is cleaned up after at the start, while operators change what runs. The features have no bundles: that one is
/// retired is seen by its settings.
class FeatureRetirementTest {
    @TempDir
    private Path dir;
    private final List<String> deleted = new ArrayList<>();
    private final List<String> wanted = new ArrayList<>(List.of("kept"));

    /// Makes changes one after the other; what an operator does comes between two of them.
    private static final class Changes implements ExclusiveChanges {
        private Runnable before = () -> {
        };
        private boolean busy;

        @Override
        public <R> R exclusively(Action<R> action) {
            before.run();
            busy = true;
            try {
                return action.run();
            } catch (FeatureProblem e) {
                throw new SwapRefused(String.valueOf(e.getMessage()), e);
            } catch (InterruptedException e) {
                throw new SwapRefused("interrupted", e);
            } finally {
                busy = false;
            }
        }

        @Override
        public List<String> run(ChangePlan change, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FeatureChanges features() {
            throw new UnsupportedOperationException();
        }
    }

    private final Changes changes = new Changes();

    private static Feature feature(String name) {
        return new Feature(name, Set.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(),
                Map.of("test." + name, List.of()), Optional.empty(), Set.of(), Map.of());
    }

    /// How often a configuration cannot be removed, with which a try fails.
    private final AtomicInteger failures = new AtomicInteger();

    private Object configuration(String pid) {
        return answering(Configuration.class, (_, method, _) -> {
            if (method.getName().equals("delete")) {
                if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new IOException("no room");
                }
                deleted.add(pid);
            }
            return method.getName().equals("updateIfDifferent") ? true : null;
        });
    }

    private FeatureRetirement retirement() {
        BundleContext context = new TestFramework().context();
        ConfigurationAdmin admin = answering(ConfigurationAdmin.class,
                (_, _, arguments) -> configuration((String) arguments[0]));
        return new FeatureRetirement(new FeatureRetirement.Place(dir, StateFiles.DURABLE, context, Handle::shipped),
                new Bundles(context, handle -> dir.resolve(handle.choice()),
                        Signatures.of(Map.of(), InstantSource.system())),
                new Configurations(admin, Map.of()));
    }

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    /// Pauses move the clock, and no change is being made in one.
    private RetirementAtStart atStart(FeatureRetirement retirement) {
        return new RetirementAtStart(retirement, () -> wanted, changes, new RetirementAtStart.Pace(now::get, pause -> {
            assertThat(changes.busy).isFalse();
            now.updateAndGet(before -> before.plus(pause));
        }));
    }

    private boolean isDue(FeatureRetirement retirement, String name) {
        return !retirement.due(Map.of(name, feature(name)), wanted).isEmpty();
    }

    @Test
    void whatAnOperatorHasEnabledMeanwhileIsNotCleanedUpAfter() throws Exception {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"), feature("second"));
        retirement.saveApplied(wanted, due);
        changes.before = () -> {
            if (deleted.contains("test.first") && !wanted.contains("second")) {
                wanted.add("second");
                retirement.applied(wanted);
            }
        };
        atStart(retirement).run(due);
        assertThat(deleted).contains("test.first").doesNotContain("test.second");
        assertThat(Files.readString(dir.resolve("bundles/applied.json"))).contains("kept", "second")
                .doesNotContain("first");
    }

    @Test
    void aServerThatEndsMeanwhileLeavesTheRestToItsNextStart() {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"));
        retirement.saveApplied(wanted, due);
        changes.before = () -> {
            throw new SwapRefused("this server is being stopped; nothing was changed");
        };
        assertThatThrownBy(() -> atStart(retirement).run(due)).isInstanceOf(InterruptedException.class);
        assertThat(deleted).isEmpty();
        assertThat(isDue(retirement, "first")).isTrue();
    }

    @Test
    void whatFailsIsTriedAgainUntilItSucceeds() throws Exception {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"), feature("second"));
        retirement.saveApplied(wanted, due);
        failures.set(3);
        atStart(retirement).run(due);
        assertThat(isDue(retirement, "first")).isFalse();
        assertThat(isDue(retirement, "second")).isFalse();
    }

    @Test
    void anOperatorsChangeComesBetweenTwoTries() throws Exception {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"));
        retirement.saveApplied(wanted, due);
        failures.set(Integer.MAX_VALUE);
        changes.before = () -> {
            if (failures.get() < Integer.MAX_VALUE - 3 && !wanted.contains("first")) {
                wanted.add("first");
            }
        };
        atStart(retirement).run(due);
        assertThat(now.get()).isBefore(Instant.EPOCH.plus(RetirementAtStart.LIMIT));
        assertThat(deleted).isEmpty();
    }

    @Test
    void whatFailsForTwoMinutesIsToldOnceAndLeftToTheNextStart() throws Exception {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"));
        retirement.saveApplied(wanted, due);
        failures.set(Integer.MAX_VALUE);
        List<String> told = warnings(() -> atStart(retirement).run(due));
        assertThat(now.get()).isEqualTo(Instant.EPOCH.plus(RetirementAtStart.LIMIT));
        assertThat(told).singleElement().asString().contains("first", "configuration of test.first not removed");
        assertThat(isDue(retirement, "first")).isTrue();
    }

    @Test
    void whateverFailsHasTheSameTwoMinutes() throws Exception {
        FeatureRetirement retirement = retirement();
        List<Feature> due = List.of(feature("first"), feature("second"));
        retirement.saveApplied(wanted, due);
        AtomicInteger tries = new AtomicInteger();
        changes.before = () -> {
            // every other try is the first one's
            if (tries.getAndIncrement() % 2 == 0 || deleted.contains("test.second")) {
                throw new IllegalStateException("no such bundle");
            }
        };
        List<String> told = warnings(() -> atStart(retirement).run(due));
        assertThat(now.get()).isEqualTo(Instant.EPOCH.plus(RetirementAtStart.LIMIT));
        assertThat(told).singleElement().asString().contains("first", "no such bundle");
        assertThat(isDue(retirement, "first")).isTrue();
        assertThat(isDue(retirement, "second")).as("goes on with the next one").isFalse();
    }

    private interface Step {
        void run() throws Exception;
    }

    private static List<String> warnings(Step step) throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger("io.k3j.features");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                    told.add(new SimpleFormatter().formatMessage(line));
                }
            }

            @Override
            public void flush() {
                // nothing waits
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        log.addHandler(handler);
        try {
            step.run();
            return told;
        } finally {
            log.removeHandler(handler);
        }
    }
}
