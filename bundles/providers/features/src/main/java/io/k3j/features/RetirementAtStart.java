package io.k3j.features;

import io.k3j.componentapi.SwapRefused;
import io.k3j.componentapi.TimeSource;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.plugins.ExclusiveChanges;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Cleans up, once a server has started, after the features that have left the list since its last start. An API
/// server that is ready may still refuse a write, because a webhook or an authorizer has not read its objects yet; so
/// what fails is tried again, for [#LIMIT]. Each try is a change of its own: what an operator asks for comes between
/// two of them, and a feature that was enabled again is left alone. One thread.
final class RetirementAtStart {
    /// How long tries are begun, counted from the first; what is left then is left to the next start. Long enough for
    /// an API server to become ready, which most retirements need, and to know its webhooks.
    static final Duration LIMIT = Duration.ofMinutes(2);
    /// How long a try waits for what a bundle needs; no other change is made meanwhile.
    private static final Duration TRY = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final FeatureRetirement retirement;
    private final Supplier<List<String>> wanted;
    private final ExclusiveChanges changing;
    private final Pace pace;

    /// When tries are made.
    ///
    /// @param clock one that nobody sets
    record Pace(InstantSource clock, Pause pause) {
        /// By the clock of this machine.
        static Pace system() {
            CountDownLatch never = new CountDownLatch(1);
            return new Pace(TimeSource.system().monotonic(),
                    pause -> never.await(pause.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    /// Waits.
    interface Pause {
        /// Waits for that long.
        void take(Duration pause) throws InterruptedException;
    }

    /// @param wanted the names of what is wanted, at the moment it is asked
    RetirementAtStart(FeatureRetirement retirement, Supplier<List<String>> wanted, ExclusiveChanges changing,
            Pace pace) {
        this.retirement = retirement;
        this.wanted = wanted;
        this.changing = changing;
        this.pace = pace;
    }

    /// Blocks until all have retired, or [#LIMIT] is over.
    ///
    /// @throws InterruptedException when this process ends: the next start goes on with it
    void run(List<Feature> due) throws InterruptedException {
        Instant end = pace.clock.instant().plus(LIMIT);
        List<Feature> rest = due;
        Map<String, String> reasons = new LinkedHashMap<>();
        for (boolean first = true; !rest.isEmpty() && (first || pace.clock.instant().isBefore(end)); first = false) {
            if (!first) {
                pace.pause.take(PAUSE);
            }
            reasons.clear();
            rest = left(rest, reasons);
        }
        reasons.forEach((name, why) -> LOG.log(System.Logger.Level.WARNING,
                "Component has not cleaned up after itself, the next start tries again component={0} error={1}", name,
                why));
    }

    /// Tries each once.
    /// @return those that have not retired
    private List<Feature> left(List<Feature> due, Map<String, String> reasons) throws InterruptedException {
        List<Feature> left = new ArrayList<>();
        for (Feature feature : due) {
            List<String> why = attempt(feature);
            if (!why.isEmpty()) {
                LOG.log(System.Logger.Level.DEBUG, "Component has not cleaned up yet component={0} error={1}",
                        feature.name(), why);
                reasons.put(feature.name(), String.join("; ", why));
                left.add(feature);
            }
        }
        return left;
    }

    private List<String> attempt(Feature feature) throws InterruptedException {
        try {
            return changing.exclusively(() -> {
                if (wanted.get().contains(feature.name())) {
                    return List.of();
                }
                List<String> why = retirement.retire(feature, TRY);
                if (why.isEmpty()) {
                    retirement.retired(wanted.get(), feature);
                }
                return why;
            });
        } catch (SwapRefused e) {
            if (e.getCause() instanceof FeatureProblem problem) {
                return List.of(String.valueOf(problem.getMessage()));
            }
            throw new InterruptedException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // whoever runs this would begin anew, with all the time that it has
            LOG.log(System.Logger.Level.DEBUG, "Retirement failed component=" + feature.name(), e);
            return List.of(e.toString());
        }
    }
}
