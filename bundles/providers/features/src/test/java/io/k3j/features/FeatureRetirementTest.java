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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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

        @Override
        public <R> R exclusively(Action<R> action) {
            before.run();
            try {
                return action.run();
            } catch (FeatureProblem e) {
                throw new SwapRefused(String.valueOf(e.getMessage()), e);
            } catch (InterruptedException e) {
                throw new SwapRefused("interrupted", e);
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

    private Object configuration(String pid) {
        return answering(Configuration.class, (_, method, _) -> {
            if (method.getName().equals("delete")) {
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
        retirement.retireDue(due, () -> wanted, changes);
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
        assertThatThrownBy(() -> retirement.retireDue(due, () -> wanted, changes))
                .isInstanceOf(InterruptedException.class);
        assertThat(deleted).isEmpty();
        assertThat(retirement.due(Map.of("first", feature("first")), wanted)).hasSize(1);
    }
}
